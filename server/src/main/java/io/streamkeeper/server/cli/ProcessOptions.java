package io.streamkeeper.server.cli;

import ch.qos.logback.classic.Level;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The process itself. */
final class ProcessOptions {
    @Option(
            names = "--root",
            paramLabel = "PATH",
            defaultValue = "/v1/stream/",
            description = "Path that streams are below; begins and ends with a slash. Default: ${DEFAULT-VALUE}")
    private String root = "";

    @Option(
            names = "--max-memory",
            paramLabel = "SIZE",
            defaultValue = "0",
            converter = Sizes.class,
            description = "Memory for all streams in durability memory; more is answered 507. 0 for three quarters of"
                    + " what the JVM gives to buffers. Default: ${DEFAULT-VALUE}")
    private long memoryBytesMax;

    @Option(
            names = "--shutdown-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "How long a stop waits for what is in flight. Default: ${DEFAULT-VALUE}")
    private long shutdownTimeoutMillis;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "warn",
            converter = LogLevel.class,
            description = "error, warn, info or debug; to standard error. Default: ${DEFAULT-VALUE}")
    private Level logLevel = Level.WARN;

    @Mixin
    @SuppressWarnings("UnusedVariable")
    private final ConfigOption config = new ConfigOption();

    String root() {
        return root;
    }

    long memoryBytesMax() {
        return memoryBytesMax;
    }

    long shutdownTimeoutMillis() {
        return shutdownTimeoutMillis;
    }

    Level logLevel() {
        return logLevel;
    }

    /** Reads a level. */
    static final class LogLevel implements ITypeConverter<Level> {
        @Override
        public Level convert(String text) {
            Level level = Level.toLevel(text, null);
            if (level == null) {
                throw new TypeConversionException(
                        "'" + text + "' is not a log level; expected error, warn, info or debug");
            }
            return level;
        }
    }
}
