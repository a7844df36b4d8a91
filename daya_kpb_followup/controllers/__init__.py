from . import kpb_export
from . import kpb_health
