package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.LiveConfig;
import picocli.CommandLine.Option;

/** How long live readers are kept. */
final class LiveOptions {
    @Option(
            names = "--long-poll-timeout",
            paramLabel = "TIME",
            defaultValue = "20s",
            converter = Durations.class,
            description = "How long a long-poll waits that does not say how long. Default: ${DEFAULT-VALUE}")
    private long longPollTimeoutMillis;

    @Option(
            names = "--long-poll-timeout-max",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Durations.class,
            description = "How long a long-poll waits at the most, whatever the client asks for. Default:"
                    + " ${DEFAULT-VALUE}")
    private long longPollTimeoutMillisMax;

    @Option(
            names = "--sse-session",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Durations.class,
            description = "After which an event stream ends and the client connects anew. Default: ${DEFAULT-VALUE}")
    private long sseSessionMillis;

    @Option(
            names = "--sse-keep-alive",
            paramLabel = "TIME",
            defaultValue = "15s",
            converter = Durations.class,
            description = "After which a silent event stream gets a comment. Default: ${DEFAULT-VALUE}")
    private long sseKeepAliveMillis;

    LiveConfig config() {
        return new LiveConfig(longPollTimeoutMillis, longPollTimeoutMillisMax, sseSessionMillis, sseKeepAliveMillis);
    }
}
