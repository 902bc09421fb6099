package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.HttpLimits;
import picocli.CommandLine.Option;

/** What one connection may ask of the server. */
final class HttpOptions {
    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            defaultValue = "0",
            converter = Sizes.class,
            description =
                    "Bytes of a request's body; more is answered 413. 0 for what the memory can always store, 64MiB"
                            + " at most. Default: ${DEFAULT-VALUE}")
    private long bodyBytesMax;

    @Option(
            names = "--max-request-line",
            paramLabel = "SIZE",
            defaultValue = "8KiB",
            converter = Sizes.class,
            description = "Bytes of a request line; more is answered 414. Default: ${DEFAULT-VALUE}")
    private long requestLineBytesMax;

    @Option(
            names = "--max-headers",
            paramLabel = "SIZE",
            defaultValue = "32KiB",
            converter = Sizes.class,
            description = "Bytes of a request's headers together; more is answered 431. Default: ${DEFAULT-VALUE}")
    private long headerBytesMax;

    @Option(
            names = "--max-in-flight",
            paramLabel = "COUNT",
            defaultValue = "64",
            description = "Unanswered requests of one connection; more are not read yet. Default: ${DEFAULT-VALUE}")
    private int inFlightRequestsMax;

    @Option(
            names = "--header-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "For a request's headers to arrive. Default: ${DEFAULT-VALUE}")
    private long headerTimeoutMillis;

    @Option(
            names = "--body-timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = Durations.class,
            description = "For the next byte of a request's body to arrive. Default: ${DEFAULT-VALUE}")
    private long bodyStallTimeoutMillis;

    @Option(
            names = "--idle-timeout",
            paramLabel = "TIME",
            defaultValue = "75s",
            converter = Durations.class,
            description = "After which a silent connection is closed. Default: ${DEFAULT-VALUE}")
    private long idleTimeoutMillis;

    HttpLimits config() {
        return new HttpLimits(
                Sizes.toInt("max-request-line", requestLineBytesMax),
                Sizes.toInt("max-headers", headerBytesMax),
                Sizes.toInt("max-body", bodyBytesMax),
                inFlightRequestsMax,
                headerTimeoutMillis,
                bodyStallTimeoutMillis,
                idleTimeoutMillis);
    }
}
