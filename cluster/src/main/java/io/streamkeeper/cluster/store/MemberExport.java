package io.streamkeeper.cluster.store;

import io.streamkeeper.cluster.StoppedLog;
import io.streamkeeper.cluster.state.StateInstall;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.DirectoryLock;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.LocalDisk;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.ShardThreads;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tool.StoreExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a data directory for a server without a cluster from that of a member that does not run, which stays as it is.
 * Used by one thread, which may block.
 *
 * <p>It has the extents of the member, and what its whole log has after them, also entries of which this member does not
 * know that they are committed: they may be acknowledged, because a majority may have them. What is not committed and in
 * the log is of requests whose outcome is not known to their clients.
 */
public final class MemberExport {
    private final Disk disk = LocalDisk.forReading();
    private final @Nullable StoredObjects objects;
    private final Consumer<String> report;

    private MemberExport(@Nullable StoredObjects objects, Consumer<String> report) {
        this.objects = objects;
        this.report = report;
    }

    /**
     * Makes {@code target}, which must be empty or not exist.
     *
     * @param data the data directory of the member
     * @param objects its objects, from which extents are copied that are not on this machine; null if it has none
     * @param report receives each step as one line
     * @throws IOException if the member runs, its directory is damaged or is not one, extents of it are at another place,
     *     or the target cannot be written
     */
    public static void run(Path data, Path target, @Nullable StoredObjects objects, Consumer<String> report)
            throws IOException {
        MemberExport export = new MemberExport(objects, report);
        DataDirectory source = DataDirectory.read(export.disk, data);
        export.requireMember(source);
        DirectoryLock lock = DirectoryLock.take(export.disk, data);
        try {
            export.make(source, target);
        } finally {
            lock.close();
        }
    }

    private void requireMember(DataDirectory source) throws IOException {
        if (!source.isOfMember(disk)) {
            throw new IOException(
                    source.path() + " is the data directory of a server without a cluster, which is used as"
                            + " it is; the command backup makes a copy of it");
        }
    }

    private void make(DataDirectory source, Path target) throws IOException {
        Path member = source.path().resolve(DataDirectory.CLUSTER);
        if (StateInstall.isDue(member)) {
            throw new IOException(source.path() + " has the state of another member, which has not taken its place yet;"
                    + " start this member once");
        }
        StoppedLog log = StoppedLog.open(disk, member, ClusterStores.startOf(disk, source));
        new StoreExport(disk, objects, report)
                .make(source, shard -> new ShardReplay(shard, log, log.last(), MemberExport::refuse), target);
        report.accept("made " + target + " from member " + log.member() + " of the cluster " + log.cluster()
                + ", with everything up to " + log.last() + ", where its log ends, and verified it");
        long committed = log.committed();
        if (committed < log.last().index()) {
            report.accept("up to index " + committed + " the log says that a majority has it; what follows may be"
                    + " acknowledged or not");
        }
        report.accept(
                "what other members have in their logs after that is not in it: if this member was not the last one"
                        + " to stop, make another one from the member with the latest end");
    }

    private static Journal refuse(
            MemoryBudget memory, long lastLsn, Journal.ReplayStart begin, AppliedFrames frames, ShardThreads threads) {
        throw new IllegalStateException("the log is only read");
    }
}
