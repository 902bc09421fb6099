package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.STORAGE;

import io.streamkeeper.server.setting.Choice;
import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.PathName;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Switch;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Where streams are stored, and when writes to them are acknowledged.
 *
 * @param durability the failures that an acknowledged byte survives
 * @param storage the provider that stores the data of the shards, see {@code docs/storage-providers.md}
 * @param directory the data directory; not used with durability {@code memory}
 * @param mustExist whether the server refuses to start if the directory contains no streams yet
 * @param checkpointBytes bytes of a shard's records after which a checkpoint is written
 * @param checkpointMillis the longest time that a record waits for a checkpoint
 * @param segmentBytes the size of a journal segment
 * @param producers how many producers of a stream are remembered, and for how long
 * @param stateOffsets whether the offset of each message of the state protocol is added to its {@code headers}
 * @param registry whether the server records the creations and deletions of streams in a stream
 */
public record DataConfig(
        Durability durability,
        String storage,
        Path directory,
        boolean mustExist,
        long checkpointBytes,
        long checkpointMillis,
        long segmentBytes,
        ProducerConfig producers,
        boolean stateOffsets,
        boolean registry) {
    /** The directory in which streams are stored, which the tools need too. */
    public static final Setting<Path> DIRECTORY = new Setting<>(
            STORAGE,
            "data-dir",
            new PathName("DIR"),
            "./data",
            "Directory that streams are kept in; created if it does not exist.");

    private static final Setting<Durability> DURABILITY = new Setting<>(
            STORAGE,
            "durability",
            Choice.of("a durability", "MODE", Durability.values()),
            "fsync",
            "What an acknowledged byte survives: fsync, a power cut; os, a killed process; memory, nothing.");

    private static final Setting<String> STORAGE_PROVIDER = new Setting<>(
            STORAGE,
            "storage",
            new Text("NAME", "[A-Za-z0-9][A-Za-z0-9._-]*", "local, or the name of a storage provider"),
            "local",
            "What keeps journals and extent files: local, the data directory; else a storage provider on the class path.");

    private static final Setting<Boolean> MUST_EXIST = new Setting<>(
            STORAGE,
            "data-dir-must-exist",
            new Switch(),
            "false",
            "Refuse to start where the directory holds no streams: its file system may not be mounted.");

    private static final NumberSetting CHECKPOINT_BYTES = new NumberSetting(
            STORAGE,
            "checkpoint-bytes",
            Unit.BYTES,
            64 << 10,
            256L << 20,
            "32MiB",
            "Journal of a shard after which a checkpoint is made: memory, and time of a restart.");

    private static final NumberSetting CHECKPOINT_INTERVAL = new NumberSetting(
            STORAGE,
            "checkpoint-interval",
            Unit.MILLIS,
            1,
            TimeUnit.DAYS.toMillis(1),
            "5m",
            "The longest time that a record waits for a checkpoint.");

    private static final NumberSetting SEGMENT_BYTES = new NumberSetting(
            STORAGE, "segment-bytes", Unit.BYTES, 256 << 10, 1L << 30, "16MiB", "Size of a journal segment.");

    private static final Setting<Boolean> STATE_OFFSETS = new Setting<>(
            STORAGE,
            "state-offsets",
            new Switch(),
            "false",
            "Add headers.offset to messages of the state protocol when they are appended.");

    private static final Setting<Boolean> REGISTRY = new Setting<>(
            STORAGE,
            "registry",
            new Switch(),
            "false",
            "Record creations and deletions of streams in the stream __registry__, which shows all names.");

    static final List<Setting<?>> SETTINGS = List.of(
            DIRECTORY,
            DURABILITY,
            STORAGE_PROVIDER,
            MUST_EXIST,
            CHECKPOINT_BYTES,
            CHECKPOINT_INTERVAL,
            SEGMENT_BYTES,
            STATE_OFFSETS,
            REGISTRY);

    /**
     * Checks the values.
     *
     * @param durability any
     * @param storage the name of a provider
     * @param directory any; created when the server starts, if it does not exist
     * @param mustExist any value
     * @param checkpointBytes 64 KiB … 256 MiB
     * @param checkpointMillis at least 1, at most a day
     * @param segmentBytes 256 KiB … 1 GiB
     * @param producers any
     * @param stateOffsets any value
     * @param registry any value
     * @throws IllegalArgumentException if a value is not allowed
     */
    public DataConfig {
        STORAGE_PROVIDER.check(storage);
        CHECKPOINT_BYTES.check(checkpointBytes);
        CHECKPOINT_INTERVAL.check(checkpointMillis);
        SEGMENT_BYTES.check(segmentBytes);
    }

    static DataConfig of(SettingValues values) {
        return new DataConfig(
                values.get(DURABILITY),
                values.get(STORAGE_PROVIDER),
                values.get(DIRECTORY),
                values.get(MUST_EXIST),
                values.get(CHECKPOINT_BYTES),
                values.get(CHECKPOINT_INTERVAL),
                values.get(SEGMENT_BYTES),
                ProducerConfig.of(values),
                values.get(STATE_OFFSETS),
                values.get(REGISTRY));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .durability(durability)
                .storage(storage)
                .directory(directory)
                .mustExist(mustExist)
                .checkpointBytes(checkpointBytes)
                .checkpointMillis(checkpointMillis)
                .segmentBytes(segmentBytes)
                .stateOffsets(stateOffsets)
                .registry(registry);
        producers.copyTo(values);
    }

    /** {@return the defaults: streams in {@code ./data}, synced before a write is acknowledged} */
    public static DataConfig defaults() {
        return of(new SettingValues());
    }

    /** The failures that an acknowledged byte survives. */
    public enum Durability {
        /** A power cut, because it is synced. */
        FSYNC,
        /** The end of the process, because it is written to the kernel. */
        OS,
        /** No failure, because streams are in memory only. */
        MEMORY
    }

    /** Changes where streams are stored, within {@link ServerConfig.Builder#data}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param durability the failures that an acknowledged byte survives
         */
        public Builder durability(Durability durability) {
            values.set(DURABILITY, durability);
            return this;
        }

        /**
         * {@return this}
         *
         * @param storage {@code local}, or the name of a storage provider on the class path
         */
        public Builder storage(String storage) {
            values.set(STORAGE_PROVIDER, storage);
            return this;
        }

        /**
         * {@return this}
         *
         * @param directory the data directory; created when the server starts, if it does not exist
         */
        public Builder directory(Path directory) {
            values.set(DIRECTORY, directory);
            return this;
        }

        /**
         * {@return this}
         *
         * @param mustExist whether the server refuses to start if the directory contains no streams yet
         */
        public Builder mustExist(boolean mustExist) {
            values.set(MUST_EXIST, mustExist);
            return this;
        }

        /**
         * {@return this}
         *
         * @param checkpointBytes bytes of a shard's records after which a checkpoint is written, 64 KiB … 256 MiB
         */
        public Builder checkpointBytes(long checkpointBytes) {
            values.set(CHECKPOINT_BYTES, checkpointBytes);
            return this;
        }

        /**
         * {@return this}
         *
         * @param checkpointMillis the longest time that a record waits for a checkpoint, 1 … a day
         */
        public Builder checkpointMillis(long checkpointMillis) {
            values.set(CHECKPOINT_INTERVAL, checkpointMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param segmentBytes the size of a journal segment, 256 KiB … 1 GiB
         */
        public Builder segmentBytes(long segmentBytes) {
            values.set(SEGMENT_BYTES, segmentBytes);
            return this;
        }

        /**
         * {@return this}
         *
         * @param stateOffsets whether the offset of each message of the state protocol is added to its {@code headers}
         *     when it is appended; all other messages, and those with an offset, are stored as they are sent
         */
        public Builder stateOffsets(boolean stateOffsets) {
            values.set(STATE_OFFSETS, stateOffsets);
            return this;
        }

        /**
         * {@return this}
         *
         * @param registry whether the server records the creations and deletions of streams in the stream {@code
         *     __registry__}, which only the server writes
         */
        public Builder registry(boolean registry) {
            values.set(REGISTRY, registry);
            return this;
        }

        /**
         * {@return this}
         *
         * @param change changes how many producers of a stream are remembered, and for how long
         */
        public Builder producers(Consumer<ProducerConfig.Builder> change) {
            change.accept(new ProducerConfig.Builder(values));
            return this;
        }
    }
}
