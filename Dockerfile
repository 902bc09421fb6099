FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw --batch-mode --no-transfer-progress -Dmaven.test.skip=true -pl server,tier -am package

FROM eclipse-temurin:25-jre
RUN groupadd --gid 10001 streamkeeper \
    && useradd --uid 10001 --gid streamkeeper --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin streamkeeper \
    && install --directory --owner=10001 --group=10001 /data
COPY --chmod=755 docker/healthcheck /usr/local/bin/healthcheck
COPY --chmod=755 bin/durable-streams-server /opt/streamkeeper/durable-streams-server
COPY bin/jvm.options bin/jvm.small.options /opt/streamkeeper/
COPY --from=build /src/server/target/durable-streams-server.jar /src/tier/target/durable-streams-tier.jar \
    /opt/streamkeeper/
RUN ln -s durable-streams-server /opt/streamkeeper/ds && ln -s /opt/streamkeeper/ds /usr/local/bin/ds
# Halves the start time: the JVM maps the classes of a start from this file.
RUN /opt/streamkeeper/durable-streams-server archive
USER 10001:10001
# Variables and not flags of the entry point, so that "docker run IMAGE verify" is the command verify.
ENV DS_HOST=0.0.0.0 DS_DATA_DIR=/data DS_ADMIN_LISTEN=127.0.0.1:14437
VOLUME /data
EXPOSE 4437
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/usr/local/bin/healthcheck"]
# The launcher replaces itself with the JVM, which so is process 1 and receives SIGTERM.
ENTRYPOINT ["/opt/streamkeeper/durable-streams-server"]
