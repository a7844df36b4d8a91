from . import kpb_arrival
from . import kpb_holiday_import
from . import kpb_lost
from . import kpb_transfer
