package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.DataConfig;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ProducerConfig;
import io.streamkeeper.server.config.RetentionConfig;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where streams are kept. */
final class StorageOptions {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Option(
            names = "--durability",
            paramLabel = "MODE",
            defaultValue = "fsync",
            converter = DurabilityName.class,
            description =
                    "What an acknowledged byte survives: fsync, a power cut; os, a killed process; memory, nothing."
                            + " Default: ${DEFAULT-VALUE}")
    private Durability durability = Durability.FSYNC;

    @Option(
            names = "--data-dir-must-exist",
            negatable = true,
            defaultValue = "false",
            fallbackValue = "true",
            description = "Refuse to start where the directory holds no streams: its file system may not be mounted."
                    + " Default: ${DEFAULT-VALUE}")
    private boolean mustExist;

    @Option(
            names = "--checkpoint-bytes",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            converter = Sizes.class,
            description = "Journal of a shard after which a checkpoint is made: memory, and time of a restart. Default:"
                    + " ${DEFAULT-VALUE}")
    private long checkpointBytes;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "TIME",
            defaultValue = "5m",
            converter = Durations.class,
            description = "How long a record waits for a checkpoint at the most. Default: ${DEFAULT-VALUE}")
    private long checkpointMillis;

    @Option(
            names = "--segment-bytes",
            paramLabel = "SIZE",
            defaultValue = "16MiB",
            converter = Sizes.class,
            description = "Size of a journal segment. Default: ${DEFAULT-VALUE}")
    private long segmentBytes;

    @Option(
            names = "--max-producers",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Producers of one stream that are remembered; at the limit, the one unused for longest is"
                    + " forgotten for another. Default: ${DEFAULT-VALUE}")
    private int producersMax;

    @Option(
            names = "--keep-producers",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = Durations.class,
            description = "How long a producer is remembered at least after its last append; where all are, another one"
                    + " is answered 422. Default: ${DEFAULT-VALUE}")
    private long producersKeptMillis;

    @Option(
            names = "--retention",
            paramLabel = "RULES",
            converter = RetentionRules.class,
            description = "What streams keep that are created without retention headers, by path; the first rule that"
                    + " matches counts: logs/**=max-age:7d,max-bytes:1GiB; chat/*=max-messages:1000")
    private RetentionConfig retention = RetentionConfig.defaults();

    RetentionConfig retention() {
        return retention;
    }

    DataConfig config() {
        return new DataConfig(
                durability,
                directory.directory(),
                mustExist,
                checkpointBytes,
                checkpointMillis,
                segmentBytes,
                new ProducerConfig(producersMax, producersKeptMillis));
    }

    /** Reads the name of a durability. */
    static final class DurabilityName implements ITypeConverter<Durability> {
        @Override
        public Durability convert(String text) {
            for (Durability durability : Durability.values()) {
                if (durability.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return durability;
                }
            }
            throw new TypeConversionException("'" + text + "' is not a durability; expected fsync, os or memory");
        }
    }
}
