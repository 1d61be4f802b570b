"""Write the page that `flagstaff platform add` prints: from a running house to the first flag in four steps."""

from typing import Final

from flagstaff.flows.add_platform import Connection

_PAGE: Final = """\
# {name} is connected

These values are shown once. Put them into the secret settings of {name}; whatever is lost is replaced, not recovered.

    FLAGSTAFF_API_KEY={api_key}
    FLAGSTAFF_TOKEN_SECRET={token_secret}
    FLAGSTAFF_TOKEN_KID={kid}
{webhooks}
## 1. Send the first flag from a terminal

```sh
curl {address}/v1/flags \\
  -H "Authorization: Bearer {api_key}" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: first-flag" \\
  -d '{{"reporter": {{"id": "user-1"}}, "option": "job_post.something_else", "menu_version": {menu_version},
       "details": "Trying out the very first flag",
       "subject": {{"kind": "job_post", "id": "job-1", "author": "user-2",
                   "title": "A job", "text": "The words of the job"}}}}'
```

The answer is `202` with the number of the flag. The case waits at {address}/console/queue.

## 2. Let your server say who somebody is

Two functions and one route, in any language; here in Python without a library. The route is for signed-in people only.

```python
import base64, hashlib, hmac, json, time

SECRET = "{token_secret}"
KID = "{kid}"


def part(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def sign(claims, lifetime, typ):
    now = int(time.time())
    header = {{"alg": "HS256", "typ": typ, "kid": KID}}
    claims = {{"iss": "{key}", "iat": now, "exp": now + lifetime, **claims}}
    text = part(json.dumps(header).encode()) + "." + part(json.dumps(claims).encode())
    return text + "." + part(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))


def person_token(user_id):  # 15 minutes at most
    return sign({{"sub": user_id, "role": "reporter"}}, 15 * 60, "JWT")


def subject_ticket(job):  # 7 days at most; it may carry what the page shows
    return sign(
        {{
            "kind": "job_post",
            "id": job["id"],
            "author": job["author"],
            "title": job["title"],
            "text": job["text"],
        }},
        7 * 24 * 3600,
        "subject",
    )


# GET /flag-token, signed-in people only:  {{"token": person_token(current_user.id)}}
```

## 3. Put the button into the page of a job

```html
<script src="{address}/static/flag.js" defer></script>
<flagstaff-flag src="{address}" platform="{key}" kind="job_post"
                ticket="…what subject_ticket(job) returned…" token-url="/flag-token">
  <a href="{address}/help/flags?platform={key}">How to flag</a>
</flagstaff-flag>
```

{origins}

## 4. Decide it

Open {address}/console/queue, claim the case, decide. What is to be hidden or restricted comes to you as a signed
webhook, and stands in `GET /v1/measures?after=` as well.
"""


def connection_page(made: Connection) -> str:
    """Return the page, in Markdown, with the values of this connection."""
    host = made.host
    hooks = "".join(
        f"    FLAGSTAFF_WEBHOOK_SECRET_{hook.feed.upper()}={hook.secret}\n" for hook in made.webhooks
    )
    named = ", ".join(host.origins)
    origins = (
        f"Pages of {named} may use it."
        if named
        else f"Name the origin of your pages first: `flagstaff platform change {host.key} --origin https://your.site`."
    )
    return _PAGE.format(
        name=host.name,
        key=host.key,
        address=made.address,
        api_key=made.api_key,
        token_secret=made.token_secret,
        kid=made.kid,
        menu_version=made.menu_version or 1,
        webhooks=hooks,
        origins=origins,
    )
