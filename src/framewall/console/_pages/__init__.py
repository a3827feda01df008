"""Pages for people, one a file; each says what it needs and draws a template."""

from framewall.console._pages import (
    attacks,
    audit,
    exceptions,
    export,
    hit,
    overview,
    playground,
    routes,
    rules,
    sessions,
    settings,
    sign_in,
)

ROUTERS = tuple(
    page.router
    for page in (
        sign_in,
        overview,
        export,
        attacks,
        hit,
        sessions,
        playground,
        rules,
        exceptions,
        routes,
        audit,
        settings,
    )
)
