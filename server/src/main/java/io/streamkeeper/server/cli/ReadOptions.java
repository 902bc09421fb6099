package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.CacheConfig;
import io.streamkeeper.server.config.ReadConfig;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What reads return, and what caches and browsers may do with it. */
final class ReadOptions {
    @Option(
            names = "--max-read",
            paramLabel = "SIZE",
            defaultValue = "0",
            converter = Sizes.class,
            description =
                    "Bytes of one response, about: no message and no character is cut. 0 for none: a catch-up response"
                            + " reaches to the tail. Default: ${DEFAULT-VALUE}")
    private long readBytesMax;

    @Option(
            names = "--gzip",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Compress catch-up reads for clients that ask for it. Default: ${DEFAULT-VALUE}")
    private boolean gzip;

    @Option(
            names = "--cache-max-age",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = Durations.class,
            description = "How long caches may keep data that was read. Default: ${DEFAULT-VALUE}")
    private long cacheMaxAgeMillis;

    @Option(
            names = "--cache-scope",
            paramLabel = "SCOPE",
            defaultValue = "public",
            converter = ScopeName.class,
            description = "public, or private for streams that hold what only one user may see. Default:"
                    + " ${DEFAULT-VALUE}")
    private Scope cacheScope = Scope.PUBLIC;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            defaultValue = "*",
            description =
                    "Origin whose scripts may use the server; * for all, none for none. Default:" + " ${DEFAULT-VALUE}")
    private String corsOrigin = "";

    ReadConfig read() {
        return new ReadConfig(Sizes.toInt("max-read", readBytesMax), gzip);
    }

    CacheConfig cache() {
        return new CacheConfig(TimeUnit.MILLISECONDS.toSeconds(cacheMaxAgeMillis), cacheScope == Scope.PRIVATE);
    }

    String corsOrigin() {
        return corsOrigin;
    }

    /** Whose caches may keep what was read. */
    enum Scope {
        PUBLIC,
        PRIVATE
    }

    /** Reads the name of a scope. */
    static final class ScopeName implements ITypeConverter<Scope> {
        @Override
        public Scope convert(String text) {
            return switch (text) {
                case "public" -> Scope.PUBLIC;
                case "private" -> Scope.PRIVATE;
                default ->
                    throw new TypeConversionException("'" + text + "' is not a scope; expected public or private");
            };
        }
    }
}
