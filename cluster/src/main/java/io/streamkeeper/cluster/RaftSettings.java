package io.streamkeeper.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * The properties of Ratis: what a member needs, and a check that nothing overrides it. Each check names what could be
 * lost without it.
 */
final class RaftSettings {
    private static final int MIB = 1 << 20;
    /** An entry with its header and the fields of Ratis. */
    private static final int ENTRY_BYTES_MAX = 4 * MIB;
    /** The length prefix and the checksum of an entry, see {@code SegmentedRaftLogWorker}. */
    private static final int ENTRY_FRAMING = 8;

    /**
     * How long a leader waits before it connects again: some milliseconds after the first failures, and a moment after
     * any further one, however many. The waits of Ratis grow to five seconds, in which a follower that is back receives
     * nothing.
     */
    private static final String RETRY = "1ms,10, 200ms,2000000000";

    /** A new member that does not answer for this time is not added; it may restart once with a state that it receives. */
    static final int STAGING_SECONDS_MAX = 60;

    private RaftSettings() {}

    /**
     * The properties of a member.
     *
     * @throws IllegalArgumentException if an option of the configuration overrides what acknowledged frames need
     */
    static RaftProperties of(ClusterConfig config) {
        RaftProperties properties = new RaftProperties();
        LogLimits limits = config.limits();
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(NodeDirectory.raft(config.directory()).toFile()));
        network(properties, config);
        times(properties, limits.electionTimeoutMillis());
        memory(properties, limits);
        log(properties, limits);
        for (Map.Entry<String, String> option : config.options().entrySet()) {
            properties.set(option.getKey(), option.getValue());
        }
        check(properties);
        return properties;
    }

    private static void network(RaftProperties properties, ClusterConfig config) {
        LeadershipRpc.use(properties);
        GrpcConfigKeys.Server.setHost(properties, config.listenHost());
        GrpcConfigKeys.Server.setPort(properties, config.listenPort());
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(2L * ENTRY_BYTES_MAX));
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 4);
    }

    private static void times(RaftProperties properties, int electionTimeoutMillis) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(electionTimeoutMillis));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(2L * electionTimeoutMillis));
        // A leader that was cut off or suspended may soon be the only member with the whole log. It disturbs nobody,
        // because a candidate asks for votes before it raises the term.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(electionTimeoutMillis));
        // A process that was stopped for a minute, such as a virtual machine that moves, must not end itself.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(3_650, TimeUnit.DAYS));
        RaftServerConfigKeys.setStagingTimeout(properties, millis(1_000L * STAGING_SECONDS_MAX));
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(10_000));
        // A lease would save a message for each read, and trusts that no machine is suspended without notice.
        Read.setOption(properties, Read.Option.LINEARIZABLE);
        Read.setLeaderLeaseEnabled(properties, false);
    }

    private static void memory(RaftProperties properties, LogLimits limits) {
        SizeInBytes inFlight = SizeInBytes.valueOf(limits.bytesInFlightMax() + (long) ENTRY_BYTES_MAX);
        RaftServerConfigKeys.Write.setByteLimit(properties, inFlight);
        RaftServerConfigKeys.Write.setElementLimit(properties, limits.bytesInFlightMax() / 1_024 + 1_024);
        Log.setQueueByteLimit(properties, inFlight);
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(limits.segmentBytes()));
        Log.Appender.setBufferElementLimit(properties, 64);
    }

    private static void log(RaftProperties properties, LogLimits limits) {
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(limits.segmentBytes()));
        Log.setPreallocatedSize(properties, SizeInBytes.valueOf(Math.min(limits.segmentBytes(), 4 * MIB)));
        Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX));
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + MIB));
        // One sync for each entry: so at most one entry at the end of the log can be torn.
        Log.setForceSyncNum(properties, 1);
        // Otherwise each commit is an entry as well, with a sync on each member. See Leadership for what followers
        // know.
        Log.setLogMetadataEnabled(properties, false);
        Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
        // The log is released by FrameLog.release only, and never waits for a member that is away.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        Log.setPurgeUptoSnapshotIndex(properties, true);
        Log.setPurgeGap(properties, 1);
        Log.Appender.setInstallSnapshotEnabled(properties, false);
        Log.Appender.setRetryPolicy(properties, RETRY);
    }

    private static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }

    private static void check(RaftProperties properties) {
        List<String> wrong = new ArrayList<>();
        String lost = "acknowledged frames would be lost by a power cut";
        require(wrong, !Log.asyncFlushEnabled(properties), Log.ASYNC_FLUSH_ENABLED_KEY, "false", lost);
        require(wrong, !Log.unsafeFlushEnabled(properties), Log.UNSAFE_FLUSH_ENABLED_KEY, "false", lost);
        require(wrong, !Log.useMemory(properties), Log.USE_MEMORY_KEY, "false", lost);
        require(wrong, Log.StateMachineData.sync(properties), Log.StateMachineData.SYNC_KEY, "true", lost);
        require(
                wrong,
                Log.forceSyncNum(properties) == 1,
                Log.FORCE_SYNC_NUM_KEY,
                "1",
                "a torn end would look like damage");
        require(
                wrong,
                Log.corruptionPolicy(properties) == Log.CorruptionPolicy.EXCEPTION,
                Log.CORRUPTION_POLICY_KEY,
                "EXCEPTION",
                "damaged entries would be skipped");
        long entryMax = Log.Appender.bufferByteLimit(properties).getSize();
        require(
                wrong,
                entryMax == ENTRY_BYTES_MAX,
                Log.Appender.BUFFER_BYTE_LIMIT_KEY,
                "" + ENTRY_BYTES_MAX,
                "a leader with an entry above it steps down again and again");
        require(
                wrong,
                Log.writeBufferSize(properties).getSize() >= entryMax + ENTRY_FRAMING,
                Log.WRITE_BUFFER_SIZE_KEY,
                "at least " + (entryMax + ENTRY_FRAMING),
                "an entry would not fit");
        require(
                wrong,
                Log.purgeUptoSnapshotIndex(properties),
                Log.PURGE_UPTO_SNAPSHOT_INDEX_KEY,
                "true",
                "the log would grow while a member is away");
        require(
                wrong,
                Log.purgePreservationLogNum(properties) == 0,
                Log.PURGE_PRESERVATION_LOG_NUM_KEY,
                "0",
                "what is kept is counted in bytes");
        require(
                wrong,
                !Log.Appender.installSnapshotEnabled(properties),
                Log.Appender.INSTALL_SNAPSHOT_ENABLED_KEY,
                "false",
                "Ratis would send files that it does not have");
        require(
                wrong,
                Read.option(properties) == Read.Option.LINEARIZABLE && Read.leaderHeartbeatCheckEnabled(properties),
                Read.OPTION_KEY + " with " + Read.LEADER_HEARTBEAT_CHECK_ENABLED_KEY,
                "LINEARIZABLE with true",
                "a leader that is cut off would answer reads");
        require(
                wrong,
                LeadershipRpc.isUsed(properties),
                RaftConfigKeys.Rpc.TYPE_KEY,
                LeadershipRpc.class.getName(),
                "a leader that is cut off would answer reads with another transport");
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", wrong));
        }
    }

    private static void require(List<String> wrong, boolean right, String key, String expected, String otherwise) {
        if (!right) {
            wrong.add("the option " + key + " is not valid; expected " + expected + ", because " + otherwise);
        }
    }
}
