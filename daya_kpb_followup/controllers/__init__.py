from . import kpb_health
