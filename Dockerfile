# The release file of scripts/package.sh as an image, whose folder /work has the user's scripts:
#   docker build --tag eio-lua .
#   docker run --rm --volume "$PWD:/work" eio-lua load --vus 100 bot.lua

FROM debian:bookworm-slim AS release
WORKDIR /release
COPY dist/eio-lua-*-linux-x86_64.tar.gz dist/eio-lua-*-linux-x86_64.tar.gz.sha256 ./
RUN sha256sum --check ./*.sha256 && tar xf ./*.tar.gz --strip-components 1 && ./install.sh --prefix /usr/local

FROM debian:bookworm-slim
# The base image sets the version of the package.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 eio-lua
COPY --from=release /usr/local /usr/local
USER 1000
WORKDIR /work
ENTRYPOINT ["eio-lua"]
