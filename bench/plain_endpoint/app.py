# mypy: ignore-errors
# It runs in an environment of its own, whose libraries the checks of this repository do not have.
"""The yardstick: FastAPI and SQLAlchemy as their own pages show them, storing one row per request.

It checks the shape of the same body and a bearer text, inserts one row and commits. It seals nothing, opens no case,
keeps no copy, writes no log and leaves nothing to be sent: it stands for "just write it into a table".
"""

import json
import os
import socket
import uuid
from datetime import UTC, datetime
from typing import Annotated

import asyncpg
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import DateTime, Integer, String, Text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

KEY = os.environ["PLAIN_KEY"]
POOL = int(os.environ["PLAIN_POOL"])


class Base(DeclarativeBase):
    pass


class Flag(Base):
    __tablename__ = "flag"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    reporter: Mapped[str] = mapped_column(String(200), index=True)
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[str] = mapped_column(String(200), index=True)
    author: Mapped[str] = mapped_column(String(200))
    option: Mapped[str] = mapped_column(String(120))
    menu_version: Mapped[int] = mapped_column(Integer)
    details: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


class Reporter(BaseModel):
    id: str


class Subject(BaseModel):
    kind: str
    id: str
    author: str
    audience: str | None = None
    title: str | None = None
    text: str | None = None


class Sent(BaseModel):
    reporter: Reporter
    subject: Subject
    option: str
    menu_version: int
    details: str = ""


class Kept(BaseModel):
    id: uuid.UUID
    status: str


async def enter() -> asyncpg.Connection:
    return await asyncpg.connect(os.environ["PLAIN_DSN"], database="plain")


engine = create_async_engine(
    "postgresql+asyncpg://", async_creator=enter, pool_size=POOL, max_overflow=0, pool_timeout=60
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


@app.post("/v1/flags", status_code=202)
async def receive(sent: Sent, authorization: Annotated[str, Header()]) -> Kept:
    if authorization != f"Bearer {KEY}":
        raise HTTPException(401)
    flag = Flag(
        reporter=sent.reporter.id,
        subject_kind=sent.subject.kind,
        subject_id=sent.subject.id,
        author=sent.subject.author,
        option=sent.option,
        menu_version=sent.menu_version,
        details=sent.details,
    )
    async with sessions() as session:
        session.add(flag)
        await session.commit()
    return Kept(id=flag.id, status="received")


async def main() -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    bound = socket.create_server(("127.0.0.1", 0))
    print(json.dumps({"port": bound.getsockname()[1]}), flush=True)
    config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
    await uvicorn.Server(config).serve(sockets=[bound])
    await engine.dispose()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
