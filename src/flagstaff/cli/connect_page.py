"""Say on one page what a new platform puts into its own pages: four steps to its first flag."""

from flagstaff.flows.add_platform import Connection

_PAGE = """
{name} is connected. Four steps to your first flag. What is secret below is shown this once.

1. Try it now, server to server: no token and no browser needed.

   curl -sS {address}/v1/flags \\
     -H 'Authorization: Bearer {api_key}' \\
     -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)" \\
     -d '{{"reporter": {{"id": "rita"}}, "subject": {{"kind": "job_post", "id": "job-1", "author": "ann",
          "title": "Logo wanted", "text": "Make three samples first."}},
          "option": "job_post.illegal_or_unethical", "menu_version": {menu_version}}}'

   The answer holds the flag's number. See it in the console: {address}/console

2. Keep these where your server keeps its secrets:

   FLAGSTAFF_API_KEY={api_key}
   FLAGSTAFF_TOKEN_KID={kid}
   FLAGSTAFF_TOKEN_SECRET={token_secret}
{webhooks}
3. Sign two things on your server, with any JWT library (HS256). In Python, with joserfc:

   import time
   from joserfc import jwt
   from joserfc.jwk import OctKey
   key, now = OctKey.import_key("{token_secret}"), int(time.time())

   # a route /flagstaff/token that answers {{"token": token}}: who is signed in, for 15 minutes
   token = jwt.encode({{"alg": "HS256", "kid": "{kid}"}},
       {{"iss": "{key}", "sub": "<person id>", "role": "reporter", "iat": now, "exp": now + 900}}, key)

   # into the page: what they look at, for up to 7 days
   ticket = jwt.encode({{"alg": "HS256", "kid": "{kid}", "typ": "subject"}},
       {{"iss": "{key}", "kind": "job_post", "id": "<job id>", "author": "<person id>",
        "place": {{"surface": "marketplace"}}, "iat": now, "exp": now + 604800}}, key)

4. Put the button at the top right of the page:

   <script type="module" src="{address}/static/flag.js"></script>
   <flagstaff-flag src="{address}" platform="{key}" kind="job_post"
                   token-url="/flagstaff/token" ticket="<the ticket>"></flagstaff-flag>

Next: https addresses for events (flagstaff platform add --webhook ...), and the pages under docs/how-to.
"""


def connect_page(connection: Connection) -> str:
    """Return the page as plain text; it holds secrets that are shown this once."""
    hooks = "".join(f"   {_variable(hook.feed)}={hook.secret}\n" for hook in connection.webhooks)
    return _PAGE.format(
        name=connection.host.name,
        key=connection.host.key,
        address=connection.address,
        api_key=connection.api_key,
        kid=connection.kid,
        token_secret=connection.token_secret,
        menu_version=connection.menu_version,
        webhooks=hooks,
    )


def _variable(feed: str) -> str:
    return f"FLAGSTAFF_{feed.upper()}_SECRET"
