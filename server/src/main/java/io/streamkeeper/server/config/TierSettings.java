package io.streamkeeper.server.config;

import static io.streamkeeper.server.setting.SettingGroup.STORAGE;

import io.streamkeeper.server.setting.NumberSetting;
import io.streamkeeper.server.setting.Setting;
import io.streamkeeper.server.setting.SettingValues;
import io.streamkeeper.server.setting.Text;
import io.streamkeeper.server.setting.Unit;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The object store to which large extent files are copied, and what is kept on this machine.
 *
 * @param location the place of the objects, such as {@code s3://bucket/prefix}; {@code none} for no object store
 * @param endpoint the URL of the service; {@code none} for that of AWS
 * @param region the region of the service; {@code none} for that of the environment
 * @param objectBytesMin smaller extent files are not copied
 * @param afterMillis how long an extent file exists before it is copied
 * @param localBytesMax the most bytes of extent files that are kept on this machine although they have a copy
 * @param keepMillis how long an object that is not needed any more is kept
 * @param cacheBytes the memory for bytes that were read from objects
 * @param timeoutMillis how long a call of the object store, or a read that waits for one, may take
 * @param bytesPerSecondMax the most bytes that are sent to the object store, and that are received, in a second; 0 for
 *     no limit
 * @param snapshotMillis the time from one snapshot of the data directory to the next; 0 for none
 * @param snapshotsMax how many snapshots are kept
 */
public record TierSettings(
        String location,
        String endpoint,
        String region,
        long objectBytesMin,
        long afterMillis,
        long localBytesMax,
        long keepMillis,
        long cacheBytes,
        long timeoutMillis,
        long bytesPerSecondMax,
        long snapshotMillis,
        int snapshotsMax) {
    private static final String NONE = OptionalFile.NONE;

    private static final Setting<String> LOCATION = new Setting<>(
            STORAGE,
            "tier",
            new Text(
                    "URL",
                    NONE + "|[a-z][a-z0-9+.-]*://[A-Za-z0-9._/-]+",
                    "none, or the place of the objects such as s3://bucket/prefix"),
            NONE,
            "Object store to which large extent files are copied, so that streams can be larger than the disk; needs"
                    + " durable-streams-tier.jar beside the server's jar.");

    private static final Setting<String> ENDPOINT = new Setting<>(
            STORAGE,
            "tier-endpoint",
            new Text(
                    "URL",
                    NONE + "|https?://(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?",
                    "none, or a URL such as http://10.0.0.9:9000"),
            NONE,
            "URL of the service that has the objects; none for AWS.");

    private static final Setting<String> REGION = new Setting<>(
            STORAGE,
            "tier-region",
            new Text("NAME", "[a-z0-9-]{2,40}", "none, or a region such as eu-central-1"),
            NONE,
            "Region of that service; none for that of the environment.");

    private static final NumberSetting OBJECT_BYTES_MIN = new NumberSetting(
            STORAGE,
            "tier-object-bytes",
            Unit.BYTES,
            1 << 10,
            512L << 20,
            "64MiB",
            "Extent files of at least this size are copied.");

    private static final NumberSetting AFTER = new NumberSetting(
            STORAGE,
            "tier-after",
            Unit.MILLIS,
            0,
            TimeUnit.DAYS.toMillis(3_650),
            "0s",
            "How long an extent file exists, or is in use since the start, before it is copied.");

    private static final NumberSetting LOCAL_BYTES = new NumberSetting(
            STORAGE,
            "tier-local-bytes",
            Unit.BYTES,
            0,
            Long.MAX_VALUE,
            "10GiB",
            "Extent files with a copy that stay on this machine, those that were read last; fewer if the disk is nearly"
                    + " full.");

    private static final NumberSetting KEEP = new NumberSetting(
            STORAGE,
            "tier-keep",
            Unit.MILLIS,
            0,
            TimeUnit.DAYS.toMillis(3_650),
            "1h",
            "How long an object that is not needed any more is kept.");

    private static final NumberSetting CACHE_BYTES = new NumberSetting(
            STORAGE,
            "tier-cache-bytes",
            Unit.BYTES,
            4L << 20,
            16L << 30,
            "64MiB",
            "Memory for bytes that were read from objects; at most an eighth of what the JVM gives to buffers.");

    private static final NumberSetting TIMEOUT = new NumberSetting(
            STORAGE,
            "tier-timeout",
            Unit.MILLIS,
            100,
            TimeUnit.MINUTES.toMillis(5),
            "10s",
            "How long a call of the object store may take, beside the time for the bytes of an upload; a read is answered 503"
                    + " after it.");

    private static final NumberSetting BANDWIDTH = new NumberSetting(
            STORAGE,
            "tier-bandwidth",
            Unit.BYTES,
            0,
            1L << 40,
            "0",
            "Bytes in a second that are sent to the object store at most, and that are received; 0 for no limit.");

    private static final NumberSetting SNAPSHOT_INTERVAL = new NumberSetting(
            STORAGE,
            "tier-snapshot-interval",
            Unit.MILLIS,
            0,
            TimeUnit.DAYS.toMillis(3_650),
            "5m",
            "How often a snapshot of the data directory is made in the object store, from which restore makes it again; what"
                    + " is written after the newest one is lost with the disk. 0 for none.");

    private static final NumberSetting SNAPSHOTS = new NumberSetting(
            STORAGE,
            "tier-snapshots",
            Unit.COUNT,
            1,
            1_000,
            "2",
            "How many snapshots are kept, with all objects that they name.");

    static final List<Setting<?>> SETTINGS = List.of(
            LOCATION,
            ENDPOINT,
            REGION,
            OBJECT_BYTES_MIN,
            AFTER,
            LOCAL_BYTES,
            KEEP,
            CACHE_BYTES,
            TIMEOUT,
            BANDWIDTH,
            SNAPSHOT_INTERVAL,
            SNAPSHOTS);

    /** How the service is reached, which the commands for a data directory are given, too. */
    public static final List<Setting<?>> OF_SERVICE = List.of(ENDPOINT, REGION, TIMEOUT);

    /** The same, and the place of the objects. */
    public static final List<Setting<?>> OF_OBJECTS = List.of(LOCATION, ENDPOINT, REGION, TIMEOUT);

    /**
     * Checks the values.
     *
     * @param location {@code none} or a URL
     * @param endpoint {@code none} or an http or https URL without a path
     * @param region {@code none} or a name
     * @param objectBytesMin 1 KiB … 512 MiB
     * @param afterMillis 0 … 3650 days
     * @param localBytesMax not negative
     * @param keepMillis 0 … 3650 days
     * @param cacheBytes 4 MiB … 16 GiB
     * @param timeoutMillis 100 ms … 5 minutes
     * @param bytesPerSecondMax 0 … 1 TiB
     * @param snapshotMillis 0 … 3650 days
     * @param snapshotsMax 1 … 1,000
     * @throws IllegalArgumentException if a value is not allowed
     */
    public TierSettings {
        LOCATION.check(location);
        ENDPOINT.check(endpoint);
        REGION.check(region);
        OBJECT_BYTES_MIN.check(objectBytesMin);
        AFTER.check(afterMillis);
        LOCAL_BYTES.check(localBytesMax);
        KEEP.check(keepMillis);
        CACHE_BYTES.check(cacheBytes);
        TIMEOUT.check(timeoutMillis);
        BANDWIDTH.check(bytesPerSecondMax);
        SNAPSHOT_INTERVAL.check(snapshotMillis);
        SNAPSHOTS.check(snapshotsMax);
    }

    /**
     * {@return the settings among all}
     *
     * @param values of all settings
     */
    public static TierSettings of(SettingValues values) {
        return new TierSettings(
                values.get(LOCATION),
                values.get(ENDPOINT),
                values.get(REGION),
                values.get(OBJECT_BYTES_MIN),
                values.get(AFTER),
                values.get(LOCAL_BYTES),
                values.get(KEEP),
                values.get(CACHE_BYTES),
                values.get(TIMEOUT),
                values.get(BANDWIDTH),
                values.get(SNAPSHOT_INTERVAL),
                values.toInt(SNAPSHOTS));
    }

    void copyTo(SettingValues values) {
        new Builder(values)
                .location(location)
                .endpoint(endpoint)
                .region(region)
                .objectBytesMin(objectBytesMin)
                .afterMillis(afterMillis)
                .localBytesMax(localBytesMax)
                .keepMillis(keepMillis)
                .cacheBytes(cacheBytes)
                .timeoutMillis(timeoutMillis)
                .bytesPerSecondMax(bytesPerSecondMax)
                .snapshotMillis(snapshotMillis)
                .snapshotsMax(snapshotsMax);
    }

    /** {@return whether there is an object store} */
    public boolean isOn() {
        return !location.equals(NONE);
    }

    /** {@return the URL of the service; null for that of AWS} */
    public @Nullable URI endpointUrl() {
        return endpoint.equals(NONE) ? null : URI.create(endpoint);
    }

    /** {@return the region of the service; null for that of the environment} */
    public @Nullable String regionName() {
        return region.equals(NONE) ? null : region;
    }

    /** Changes the object store and what is kept on this machine, within {@link ServerConfig.Builder#tier}. */
    public static final class Builder {
        private final SettingValues values;

        Builder(SettingValues values) {
            this.values = values;
        }

        /**
         * {@return this}
         *
         * @param location the place of the objects, such as {@code s3://bucket/prefix}; {@code none} for no object store
         */
        public Builder location(String location) {
            values.set(LOCATION, location);
            return this;
        }

        /**
         * {@return this}
         *
         * @param endpoint the URL of the service; {@code none} for that of AWS
         */
        public Builder endpoint(String endpoint) {
            values.set(ENDPOINT, endpoint);
            return this;
        }

        /**
         * {@return this}
         *
         * @param region the region of the service; {@code none} for that of the environment
         */
        public Builder region(String region) {
            values.set(REGION, region);
            return this;
        }

        /**
         * {@return this}
         *
         * @param objectBytesMin smaller extent files are not copied, 1 KiB … 512 MiB
         */
        public Builder objectBytesMin(long objectBytesMin) {
            values.set(OBJECT_BYTES_MIN, objectBytesMin);
            return this;
        }

        /**
         * {@return this}
         *
         * @param afterMillis how long an extent file exists before it is copied, 0 … 3650 days
         */
        public Builder afterMillis(long afterMillis) {
            values.set(AFTER, afterMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param localBytesMax the most bytes of extent files that are kept on this machine although they have a copy
         */
        public Builder localBytesMax(long localBytesMax) {
            values.set(LOCAL_BYTES, localBytesMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param keepMillis how long an object that is not needed any more is kept, 0 … 3650 days
         */
        public Builder keepMillis(long keepMillis) {
            values.set(KEEP, keepMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param cacheBytes the memory for bytes that were read from objects, 4 MiB … 16 GiB
         */
        public Builder cacheBytes(long cacheBytes) {
            values.set(CACHE_BYTES, cacheBytes);
            return this;
        }

        /**
         * {@return this}
         *
         * @param timeoutMillis how long a call of the object store may take, 100 ms … 5 minutes
         */
        public Builder timeoutMillis(long timeoutMillis) {
            values.set(TIMEOUT, timeoutMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param bytesPerSecondMax the most bytes that are sent to the object store, and that are received, in a second,
         *     0 … 1 TiB; 0 for no limit
         */
        public Builder bytesPerSecondMax(long bytesPerSecondMax) {
            values.set(BANDWIDTH, bytesPerSecondMax);
            return this;
        }

        /**
         * {@return this}
         *
         * @param snapshotMillis the time from one snapshot of the data directory to the next, 0 … 3650 days; 0 for none
         */
        public Builder snapshotMillis(long snapshotMillis) {
            values.set(SNAPSHOT_INTERVAL, snapshotMillis);
            return this;
        }

        /**
         * {@return this}
         *
         * @param snapshotsMax how many snapshots are kept, 1 … 1,000
         */
        public Builder snapshotsMax(int snapshotsMax) {
            values.set(SNAPSHOTS, snapshotsMax);
            return this;
        }
    }
}
