# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv /opt/groundwire
ENV PATH=/opt/groundwire/bin:$PATH
COPY pyproject.toml README.md ./
COPY groundwire groundwire
COPY chunkers chunkers
COPY server server
COPY eval eval
RUN pip install --no-cache-dir .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home groundwire && install --directory --owner=groundwire --group=groundwire /data
COPY --from=build /opt/groundwire /opt/groundwire
COPY samples /samples
ENV PATH=/opt/groundwire/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GROUNDWIRE_LISTEN=0.0.0.0:50051 \
    GROUNDWIRE_DATA_DIR=/data \
    GROUNDWIRE_LOG_FORMAT=json
# GROUNDWIRE_ALLOW_UNAUTHENTICATED is not set here: whoever runs the image must say that something else identifies the callers.
USER groundwire
WORKDIR /data
VOLUME /data
EXPOSE 50051
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 CMD ["groundwire", "health"]
# The longest drain is 20 s by default: stop with `docker stop --time 30`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["groundwire"]
CMD ["serve"]
