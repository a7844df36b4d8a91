from . import test_demo
from . import test_generation
from . import test_job
from . import test_import
from . import test_import_files
from . import test_log_attempt
from . import test_escalation_chain
from . import test_views
