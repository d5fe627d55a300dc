"""Makes calls for some seconds with py-logto-admin and many callers: py_logto_admin.py URL CALLERS WARM-UP SECONDS"""

import asyncio
import json
import sys
import time

from logto_admin import AuthenticatedClient, TokenManager
from logto_admin.api.users import get_api_users


async def run(client, callers, seconds):
    end = time.perf_counter() + seconds
    calls = 0

    async def caller():
        nonlocal calls
        while time.perf_counter() < end:
            users = await get_api_users.asyncio(client=client, page_size=20)
            assert len(users) == 20, "the list should have 20 users"
            calls += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return calls


async def main(url, callers, warm_up, seconds):
    manager = TokenManager(url, "bench", "secret")
    token = await manager.fetch_token_info()
    client = AuthenticatedClient(base_url=url, token=token["access_token"])
    await run(client, callers, warm_up)
    start, cpu = time.perf_counter(), time.process_time()
    calls = await run(client, callers, seconds)
    print(json.dumps({"calls": calls, "seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
