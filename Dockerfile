# The server alone, for pods and `docker run`: docker run -p 8000:8000 IMAGE --model my-model
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
      libmicrohttpd-dev libjson-c-dev libgnutls28-dev libcurl4-gnutls-dev libyaml-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
RUN swift build -c release --static-swift-stdlib --product understudy \
    && install -D -s .build/release/understudy /out/understudy

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libmicrohttpd12 libjson-c5 libgnutls30 libcurl3-gnutls \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/understudy /usr/local/bin/understudy
USER 65532:65532
EXPOSE 8000
ENTRYPOINT ["/usr/local/bin/understudy"]
