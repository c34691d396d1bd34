# The program and the libraries it needs, nothing else: docker run -p 8000:8000 IMAGE --model my-model
# docs/image.md says how to build it, for which machines, and what else it can run.
ARG BUILD_IMAGE=swift:6.3-bookworm
ARG LIBRARY_IMAGE=debian:bookworm-slim

# Compiles. A binary that is there already takes this stage's place with --build-context build=DIR (DIR/out/understudy).
FROM ${BUILD_IMAGE} AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
      libcurl4-gnutls-dev libgnutls28-dev libjson-c-dev libmicrohttpd-dev libyaml-dev pkg-config zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift Package.resolved ./
COPY Sources ./Sources
COPY Tests ./Tests
ARG JOBS=
RUN swift build -c release --static-swift-stdlib --product understudy --force-resolved-versions \
      -Xlinker -s ${JOBS:+-j "$JOBS"} \
    && install -D .build/release/understudy /out/understudy

# Collects the root file system. The libraries are those of the distribution that the binary was built on.
FROM ${LIBRARY_IMAGE} AS root
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
      ca-certificates libcurl3-gnutls libgnutls30 libjson-c5 libmicrohttpd12 libstdc++6 libyaml-0-2 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY scripts/image-root /usr/local/bin/image-root
COPY --from=build /out/understudy /out/understudy
COPY LICENSE /image/usr/share/doc/understudy/LICENSE
RUN image-root /out/understudy /image

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="understudy" \
      org.opencontainers.image.description="A stand-in for vLLM and its inference gateway, without a GPU" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=root /image/ /
ENV PATH=/usr/local/bin:/usr/bin
USER 65532:65532
EXPOSE 8000
# Asks the serve, up or epp that runs here, wherever its flags make it listen.
HEALTHCHECK --interval=10s --timeout=6s --start-period=5s CMD ["/usr/local/bin/understudy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/understudy"]
