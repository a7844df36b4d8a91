from . import test_demo
from . import test_generation
from . import test_job
from . import test_log_attempt
