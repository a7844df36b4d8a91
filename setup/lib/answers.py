"""answers.py URL: exit code 0 when a server answers there with a page."""

import sys
import urllib.request

try:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(sys.argv[1], timeout=60) as answer:
        sys.exit(answer.status != 200)
except OSError:
    sys.exit(1)
