package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.memory.MemoryBudget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log of a shard in segment files of a directory. The location of a {@link Journal.ReplayStart} is the number of a
 * segment.
 */
public final class FileLog implements ShardLog {
    private final Disk disk;
    private final Path directory;
    private final UUID store;
    private final int shard;
    private final long segmentBytes;
    private final boolean syncs;
    private long first;
    private LogReader.@Nullable Log found;

    /**
     * The log of a shard.
     *
     * @param shardDirectory the shard's directory, which contains the journal's directory
     * @param segmentBytes the size of a segment
     * @param syncs whether a record is durable only when it is synced, or already when the kernel has it
     */
    public FileLog(Disk disk, Path shardDirectory, UUID store, int shard, long segmentBytes, boolean syncs) {
        this.disk = disk;
        this.directory = DataDirectory.journal(shardDirectory);
        this.store = store;
        this.shard = shard;
        this.segmentBytes = segmentBytes;
        this.syncs = syncs;
    }

    /** The log of a shard that is only replayed. */
    public FileLog(Disk disk, Path shardDirectory, UUID store, int shard) {
        this(disk, shardDirectory, store, shard, 0, false);
    }

    private LogReader reader() {
        return new LogReader(disk, directory, store, shard);
    }

    @Override
    public long replay(Journal.ReplayStart start, Visitor visitor) throws IOException {
        LogReader.Log log = reader().read(start.location(), start.lsn(), new LogReader.Visitor() {
            @Override
            public ByteBuf buffer(int bytes) {
                return visitor.buffer(bytes);
            }

            @Override
            public void frame(ByteBuf buffer, int index, FrameLayout.Header header) throws IOException {
                visitor.records(
                        buffer,
                        index + FrameLayout.HEADER_BYTES,
                        header.length() - FrameLayout.HEADER_BYTES,
                        header.firstLsn(),
                        header.count());
            }
        });
        first = start.location();
        found = log;
        return log.lastLsn();
    }

    @Override
    public Journal open(MemoryBudget memory, long lastLsn, ShardThreads threads) throws IOException {
        LogReader.Log log = found;
        if (log == null) {
            throw new IllegalStateException(this + " was not replayed");
        }
        reader().cut(log);
        tidy(log);
        Segments segments = new Segments(
                disk,
                directory,
                segmentBytes,
                first,
                Math.max(log.highestNumber() + 1, first),
                log.kept(),
                threads.background());
        FileJournal journal = new FileJournal(
                memory, segments, store, shard, new FileJournal.LogEnd(log.last(), log.end(), lastLsn), syncs, threads);
        threads.background().execute(segments::prepareAhead);
        return journal;
    }

    /**
     * Removes the files that a crash has left: segments that were never begun, or that no start needs. None of them
     * contains acknowledged records.
     */
    private void tidy(LogReader.Log log) throws IOException {
        for (long number : Segments.numbers(disk, directory)) {
            if (number < first) {
                disk.delete(directory.resolve(DataDirectory.segmentName(number)));
            }
        }
        if (log.last() != 0) {
            for (Path unused : log.unused()) {
                disk.delete(unused);
            }
        }
    }

    @Override
    public String toString() {
        return "the journal in " + directory;
    }
}
