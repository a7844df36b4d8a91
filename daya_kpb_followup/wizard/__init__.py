from . import kpb_holiday_import
