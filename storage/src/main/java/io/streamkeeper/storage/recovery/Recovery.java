package io.streamkeeper.storage.recovery;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.extent.Extent;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.journal.LoggedRecords;
import io.streamkeeper.storage.journal.ShardLog;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.record.Interned;
import io.streamkeeper.storage.record.LogRecord;
import io.streamkeeper.storage.record.RecordCodec;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the state of one shard: the descriptions and runs in its extents, and then the records of its journal, each of
 * which {@link StreamState#apply} applies as in service. Used by one thread, before the shard has a loop.
 *
 * <p>The newest description of a stream is valid. A record that it includes is skipped. Any other record, except a
 * creation, must be about a known stream; if it is not, this is damage, and stops the start (I10).
 */
public final class Recovery {
    private final String directory;
    private final ShardLog log;
    private final ExtentFiles files;
    private final Manifest manifest;
    private final MemoryBudget memory;
    private final Interned interned = new Interned();
    private final List<Extent> extents = new ArrayList<>();
    private final StreamsByGeneration streams = new StreamsByGeneration();
    private final List<StreamState> dirty = new ArrayList<>();
    private long lastLsn;
    private long lastGeneration;

    /** The time of the newest append of which a file or the journal has the time. */
    private long newestMillis;

    /**
     * The recovery of a shard.
     *
     * @param directory the name of the shard in messages
     * @param log the log of the shard, which is replayed
     * @param files its extent files
     * @param memory the memory for the journal's records that no extent includes
     */
    public Recovery(String directory, ShardLog log, ExtentFiles files, Manifest manifest, MemoryBudget memory) {
        this.files = files;
        this.directory = directory;
        this.log = log;
        this.manifest = manifest;
        this.memory = memory;
        this.lastLsn = manifest.checkpointLsn();
        this.lastGeneration = manifest.lastGeneration();
    }

    /** Reads everything. */
    public void run() throws IOException {
        readExtents();
        Replay replay = new Replay();
        try {
            lastLsn = Math.max(
                    lastLsn,
                    log.replay(
                            new Journal.ReplayStart(
                                    manifest.checkpointLsn(), manifest.firstSegment(), manifest.applied()),
                            replay));
        } finally {
            replay.close();
        }
        check();
    }

    /** The extents that the manifest lists, which are open. */
    public List<Extent> extents() {
        return extents;
    }

    /** Hands over all streams, including deleted ones, in the order of their generations. */
    public List<StreamState> takeStreams() {
        return streams.take();
    }

    /** The streams about which the journal has records that no extent includes. */
    List<StreamState> dirty() {
        return dirty;
    }

    /** The highest lsn in the manifest, the descriptions and the journal. */
    public long lastLsn() {
        return lastLsn;
    }

    public long lastGeneration() {
        return lastGeneration;
    }

    /** The time of the newest append of which a file or the journal has the time. */
    public long newestMillis() {
        return newestMillis;
    }

    /** Releases the extents; called if the shard does not open. */
    public void close() throws IOException {
        for (Extent extent : extents) {
            extent.file().release();
        }
    }

    // ---- extents ----

    private void readExtents() throws IOException {
        Set<Long> there = new HashSet<>(files.list());
        List<Manifest.ExtentRef> refs = new ArrayList<>(manifest.extents());
        refs.sort(Comparator.comparingLong(Manifest.ExtentRef::file));
        for (Manifest.ExtentRef ref : refs) {
            String name = files.name(ref.file());
            if (!there.contains(ref.file())) {
                throw new IOException("extent file " + name
                        + " is missing, which the manifest names; put it back, or restore the data directory from a"
                        + " backup");
            }
            Extent extent = new Extent(ExtentFile.open(files, ref.file(), manifest.shard(), manifest.store()));
            extents.add(extent);
            extent.noteTime(ref.newestMillis());
            if (ref.newestMillis() != Manifest.ExtentRef.UNKNOWN) {
                newestMillis = Math.max(newestMillis, ref.newestMillis());
            }
            if (extent.file().bytes() != ref.bytes()) {
                throw new DamagedFileException(
                        name, extent.file().bytes(), "the file ends here, expected " + ref.bytes() + " bytes");
            }
        }
        MergedIndexes indexes = new MergedIndexes(extents);
        for (List<MergedIndexes.Part> parts = indexes.next(); parts != null; parts = indexes.next()) {
            build(new FoundStream(parts));
        }
    }

    private StreamMeta decode(Extent extent, ByteBuf meta, long generation) throws IOException {
        try {
            return StreamMeta.decode(meta, generation, interned);
        } catch (RuntimeException e) {
            throw new DamagedFileException(
                    extent.file().name(), 0, "the description of stream " + generation + " cannot be read: " + e);
        }
    }

    private void build(FoundStream found) throws IOException {
        ByteBuf encoded = found.meta();
        Extent owner = found.owner();
        if (encoded == null || owner == null) {
            throw new IOException("files of " + directory + " have runs of stream " + found.generation()
                    + ", but no file describes it; nothing was changed. Restore the data directory from a backup");
        }
        StreamMeta meta = decode(owner, encoded, found.generation());
        StreamState stream = found.build(meta);
        if (!meta.dropped()) {
            owner.describe(stream);
        }
        streams.add(stream);
        lastLsn = Math.max(lastLsn, meta.lastLsn());
        lastGeneration = Math.max(lastGeneration, found.generation());
    }

    // ---- journal ----

    /** Applies the records of all frames in order. */
    private final class Replay implements ShardLog.Visitor {
        private Block block = Block.NONE;

        @Override
        public ByteBuf buffer(int bytes) {
            block.finish();
            block = new Block(memory.allocateRecovered(bytes));
            return block.memory();
        }

        @Override
        public void records(ByteBuf buffer, int index, int length, long firstLsn, int count) throws IOException {
            try {
                new LoggedRecords(block, index, length, firstLsn, count).forEach(interned, (read, place) -> {
                    if (place.lsn() > manifest.checkpointLsn()) {
                        apply(read, place);
                    }
                });
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "journal of " + directory + ": " + e.getMessage()
                                + "; nothing was changed. Restore the data directory from a backup",
                        e);
            }
        }

        void close() {
            block.finish();
            block = Block.NONE;
        }
    }

    private void apply(RecordCodec.Read read, Journal.Staged staged) {
        LogRecord record = read.record();
        StreamState stream = streams.find(record.generation());
        lastGeneration = Math.max(lastGeneration, record.generation());
        newestMillis = Math.max(newestMillis, record.atMillis());
        if (stream != null && stream.counts(staged.lsn())) {
            return;
        }
        if (record instanceof LogRecord.Created created) {
            stream = new StreamState(created);
            streams.add(stream);
        } else if (stream == null) {
            throw new IllegalArgumentException("it is about stream " + record.generation() + ", which is not known");
        }
        stream.apply(record, staged, read.runs());
        if (!stream.isDirty()) {
            stream.dirty(true);
            dirty.add(stream);
        }
    }

    /**
     * Checks that the bytes of each stream are complete from its earliest position to its tail, unless it is deleted:
     * the runs of a deleted stream may already be dropped while its deletion is only in the journal. {@link
     * RecoveredForks} checks the bytes that forks inherit, when the forks of all shards are known.
     */
    private void check() throws IOException {
        for (StreamState stream : streams.all()) {
            long needed = Math.max(stream.earliest(), stream.ownStart());
            if (!stream.isDeleted() && stream.content().start() > needed) {
                throw new IOException("the data of stream " + stream.path() + " in " + directory + " begins at "
                        + stream.content().start() + ", expected " + needed
                        + "; nothing was changed. Restore the data directory from a backup");
            }
        }
    }
}
