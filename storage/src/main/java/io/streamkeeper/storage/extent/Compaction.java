package io.streamkeeper.storage.extent;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.journal.Journal;
import io.streamkeeper.storage.record.RunLimits;
import io.streamkeeper.storage.record.StreamMeta;
import io.streamkeeper.storage.stream.StoredRuns;
import io.streamkeeper.storage.stream.StreamState;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewrites several extent files as one, without data that is not needed any more, and with each stream's runs in
 * sequence. Its own steps are short and run on the loop; files are read and written in the background.
 *
 * <p>The loop decides which part of an entry is kept. Of a live stream: its runs from its current beginning on, and its
 * description if no file has a newer one. Of a dropped stream whose deletion is only in the journal: the description,
 * because the journal refers to it. Of a dropped stream whose deletion is in a file: that description, as long as
 * another file may contain an older one or the journal may still name the stream; otherwise a start would restore the
 * stream (I8). A stream may be dropped while its entries are decided on: then it counts as dropped for all of them,
 * otherwise its runs would stay without a description.
 */
final class Compaction extends ExtentJob {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    /** Entries decided on, or swapped, in one step, so that a step stays short. */
    private static final int STEP_ENTRIES_MAX = 1_000;

    /** Instead of the bytes that it leaves free: it may use all room. */
    static final long TAKES_ALL = -1;

    private static final byte KEEP_RUNS = 1;
    private static final byte KEEP_META = 2;

    /** Runs may be joined, because the stream keeps everything. */
    private static final byte JOIN_RUNS = 4;

    /** One input file: its index, with the decision about each entry. */
    private static final class Input {
        final Extent extent;
        final long newestMillis;
        final byte[] decisions;
        final long[] starts;
        final ExtentFile.Cursor cursor;
        int index = -1;

        @Nullable
        IndexEntry entry;

        Input(Extent extent) {
            this.extent = extent;
            this.newestMillis = extent.newestMillis();
            int entries = (int) extent.file().entryCount();
            this.decisions = new byte[entries];
            this.starts = new long[entries];
            this.cursor = extent.file().entries();
        }

        void advance() throws IOException {
            entry = cursor.next();
            index++;
        }

        boolean keeps(byte what) {
            return (decisions[index] & what) != 0;
        }

        StreamState stream() {
            return extent.referrer(index);
        }
    }

    /**
     * Runs of a stream in one of the files.
     *
     * @param newestMillis the time of the runs if they have none: that of the newest append in the file
     */
    private record Piece(ExtentFile file, StoredRuns runs, int first, long newestMillis) {
        long millis(int run) {
            return runs.isTimed() ? runs.millis(run) : newestMillis;
        }

        long start() {
            return runs.start(first);
        }

        long messagesBefore() {
            return runs.messagesBefore(first);
        }
    }

    private final List<Extent> merged;
    private final List<Extent> others;
    private final List<Input> inputs = new ArrayList<>();

    private final Deque<OutputEntry> planned = new ArrayDeque<>();
    private final List<StreamState> referrers = new ArrayList<>();
    private final WrittenRuns written = new WrittenRuns();
    private final BitSet described = new BitSet();

    private final long neededBytes;
    private final long leftBytes;

    /** The time of the newest append in the merged files, or {@link Manifest.ExtentRef#UNKNOWN}. */
    private final long mergedMillis;

    /**
     * A compaction of some files.
     *
     * @param leftBytes it does not begin unless it leaves so many bytes free; or {@link #TAKES_ALL}
     */
    Compaction(FileExtentStore store, int number, List<Extent> merged, long leftBytes) {
        super(store, "compaction " + number);
        this.leftBytes = leftBytes;
        this.neededBytes = merged.stream().mapToLong(Extent::neededBytes).sum();
        this.merged = merged.stream()
                .sorted(Comparator.comparingLong(extent -> extent.file().number()))
                .toList();
        this.others = new ArrayList<>(store.catalog().extents());
        others.removeAll(merged);
        this.merged.forEach(input -> inputs.add(new Input(input)));
        this.mergedMillis =
                merged.stream().mapToLong(Extent::newestMillis).max().orElse(Manifest.ExtentRef.UNKNOWN);
    }

    @Override
    void start() {
        if (leftBytes == TAKES_ALL || neededBytes == 0) {
            begins();
            return;
        }
        store.inBackground(this, () -> store.catalog().usableBytes(), usable -> {
            if (usable >= neededBytes + leftBytes) {
                begins();
            } else {
                store.postponed(this, usable);
            }
        });
    }

    private void begins() {
        LOG.info("shard {}: {} begins: {} files", before.shard(), this, merged.size());
        decide(0, 0);
    }

    @Override
    void step() {
        // It continues by itself.
    }

    // ---- deciding ----

    private void decide(int input, int from) {
        Input here = inputs.get(input);
        int end = Math.min(here.decisions.length, from + STEP_ENTRIES_MAX);
        for (int i = from; i < end; i++) {
            StreamState stream = here.extent.referrer(i);
            here.decisions[i] = decision(stream, here.extent);
            here.starts[i] = stream.content().start();
        }
        if (end < here.decisions.length) {
            store.onLoop(() -> decide(input, end));
        } else if (input + 1 < inputs.size()) {
            store.onLoop(() -> decide(input + 1, 0));
        } else {
            store.inBackground(this, this::begin, more -> write());
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static byte decision(StreamState stream, Extent here) {
        if (stream.isDurablyDropped()) {
            return stream.isDirty() ? KEEP_META : 0;
        }
        int runs = stream.content().limits().equals(RunLimits.ANY) ? KEEP_RUNS | JOIN_RUNS : KEEP_RUNS;
        return (byte) (stream.owner() == here ? runs | KEEP_META : runs);
    }

    // ---- writing ----

    private boolean begin() throws IOException {
        long firstLsn = Long.MAX_VALUE;
        for (Input input : inputs) {
            firstLsn = Math.min(firstLsn, input.extent.file().firstLsn());
            input.advance();
        }
        writer = store.catalog().newFile(before, file, firstLsn);
        return true;
    }

    private void write() {
        if (!store.isPaused(this)) {
            resume();
        }
    }

    /** Continues writing; after a checkpoint it writes at least one step, so that compactions end too. */
    void resume() {
        store.inBackground(this, this::writeSome, more -> {
            if (more) {
                write();
            } else {
                finish();
            }
        });
    }

    /** Writes the next runs, up to a bound, even within one stream; returns whether more may follow. */
    private boolean writeSome() throws IOException {
        long until = writer().bytes() + STEP_BYTES_MAX;
        while (writer().bytes() < until && !store.isClosed()) {
            OutputEntry entry = planned.peek();
            if (entry == null) {
                long generation = nextGeneration();
                if (generation == Long.MAX_VALUE) {
                    return false;
                }
                planStream(generation);
            } else if (!entry.writeRun()) {
                planned.remove();
            }
        }
        return true;
    }

    private long nextGeneration() {
        long generation = Long.MAX_VALUE;
        for (Input input : inputs) {
            if (input.entry != null) {
                generation = Math.min(generation, input.entry.generation());
            }
        }
        return generation;
    }

    private void planStream(long generation) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        ByteBuf meta = null;
        boolean keepsMeta = false;
        boolean keepsRuns = true;
        boolean joins = true;
        StreamState stream = null;
        for (Input input : inputs) {
            while (input.entry != null && input.entry.generation() == generation) {
                stream = input.stream();
                keepsMeta |= input.keeps(KEEP_META);
                keepsRuns &= input.keeps(KEEP_RUNS);
                joins &= input.keeps(JOIN_RUNS);
                meta = newer(meta, input.entry.meta());
                addPiece(pieces, input);
                input.advance();
            }
        }
        if (stream == null) {
            throw new IllegalStateException("no file has generation " + generation);
        }
        boolean tombstone = !keepsRuns && meta != null && StreamMeta.isDeleted(meta) && isNeeded(generation, meta);
        if (!keepsRuns) {
            pieces.clear();
        }
        plan(stream, generation, pieces, joins, keepsMeta || tombstone ? meta : null);
    }

    /** The newer of two descriptions, of which {@code other} is in the file with the higher number. */
    private static @Nullable ByteBuf newer(@Nullable ByteBuf one, @Nullable ByteBuf other) {
        return other != null && StreamMeta.isNewer(other, one) ? other : one;
    }

    private static void addPiece(List<Piece> pieces, Input input) {
        IndexEntry entry = input.entry;
        if (entry == null) {
            return;
        }
        if (entry.end() <= input.starts[input.index]) {
            return;
        }
        StoredRuns runs = entry.runs();
        int first = 0;
        while (first < runs.count() && runs.end(first) <= input.starts[input.index]) {
            first++;
        }
        if (first < runs.count()) {
            pieces.add(new Piece(input.extent.file(), runs, first, input.newestMillis));
        }
    }

    /** Whether the journal, or a file that is not merged, may still name a dropped stream. */
    private boolean isNeeded(long generation, ByteBuf meta) {
        long lsn = StreamMeta.lastLsnOf(meta);
        if (lsn > before.checkpointLsn()) {
            return true;
        }
        for (Extent other : others) {
            if (other.file().firstLsn() <= lsn && other.mayHold(generation)) {
                return true;
            }
        }
        return false;
    }

    /** Plans a stream's entries: one, or one for each gap that another file fills. */
    private void plan(StreamState stream, long generation, List<Piece> pieces, boolean joins, @Nullable ByteBuf meta) {
        pieces.sort(Comparator.comparingLong(Piece::start));
        ByteBuf description = meta;
        int next = 0;
        while (next < pieces.size()) {
            int end = next + 1;
            while (end < pieces.size()
                    && pieces.get(end).start() == pieces.get(end - 1).runs().end()) {
                end++;
            }
            planned.add(
                    new OutputEntry(stream, generation, List.copyOf(pieces.subList(next, end)), joins, description));
            description = null;
            next = end;
        }
        if (description != null) {
            planned.add(new OutputEntry(stream, generation, List.of(), joins, description));
        }
    }

    /** An entry of the new file, which is written run by run. */
    private final class OutputEntry {
        private final StreamState stream;
        private final long generation;
        private final List<Piece> pieces;
        private final boolean joins;
        private final @Nullable ByteBuf meta;
        private @Nullable RunJoiner joiner;
        private int piece;
        private int run;

        OutputEntry(StreamState stream, long generation, List<Piece> pieces, boolean joins, @Nullable ByteBuf meta) {
            this.stream = stream;
            this.generation = generation;
            this.pieces = pieces;
            this.joins = joins;
            this.meta = meta;
            this.run = pieces.isEmpty() ? 0 : pieces.get(0).first();
        }

        /** Writes the next run; returns false if no run was left, and the entry is complete. */
        boolean writeRun() throws IOException {
            if (joiner == null) {
                joiner = begin();
            }
            if (piece < pieces.size()) {
                Piece from = pieces.get(piece);
                joiner.add(read(from, run), from.runs().messages(run), readLengths(from, run), from.millis(run));
                advance(from);
                return true;
            }
            joiner.end();
            ended(stream, generation, writer().end(), meta != null);
            return false;
        }

        private RunJoiner begin() {
            boolean hasRuns = !pieces.isEmpty();
            writer().begin(
                            generation,
                            meta,
                            hasRuns ? pieces.get(0).start() : 0,
                            hasRuns ? pieces.get(0).messagesBefore() : 0,
                            pieces.stream().anyMatch(each -> each.runs().isTimed()));
            return new RunJoiner(writer(), stream.content().isJson(), joins);
        }

        private void advance(Piece from) {
            run++;
            if (run == from.runs().count()) {
                piece++;
                run = piece < pieces.size() ? pieces.get(piece).first() : 0;
            }
        }
    }

    private void ended(StreamState stream, long generation, StoredRuns runs, boolean hasMeta) {
        described.set(referrers.size(), hasMeta);
        referrers.add(stream);
        written.add(generation, runs);
    }

    private static ByteBuf read(Piece piece, int run) throws IOException {
        StoredRuns runs = piece.runs();
        return read(piece.file(), runs.position(run), runs.bytes(run), runs.checksum(run));
    }

    private static @Nullable ByteBuf readLengths(Piece piece, int run) throws IOException {
        StoredRuns runs = piece.runs();
        int bytes = runs.lengthsBytes(run);
        return bytes == 0 ? null : read(piece.file(), runs.lengthsPosition(run), bytes, runs.lengthsChecksum(run));
    }

    private static ByteBuf read(ExtentFile file, int position, int bytes, int checksum) throws IOException {
        ByteBuf buffer = Unpooled.buffer(bytes, bytes);
        file.read(position, buffer.nioBuffer(0, bytes));
        if (Checksum.of(buffer, 0, bytes) != checksum) {
            if (file.isRemote()) {
                file.forget(position, bytes);
                throw new ExtentUnavailableException(
                        file.name() + " was copied to the object store meanwhile, which has returned damaged bytes");
            }
            throw new DamagedFileException(file.name(), position, "the checksum of " + bytes + " bytes does not match");
        }
        return buffer.writerIndex(bytes);
    }

    // ---- committing ----

    private void finish() {
        store.inBackground(
                this,
                () -> {
                    if (writer().entries() == 0) {
                        writer().close();
                        return List.<Extent>of();
                    }
                    return List.of(store.catalog().finish(before, file, writer()));
                },
                finished -> {
                    finished.forEach(file -> file.noteTime(mergedMillis));
                    extent = finished.isEmpty() ? null : finished.get(0);
                    commit();
                });
    }

    private void commit() {
        Journal.ReplayStart start =
                store.journal().replayStart(store.catalog().manifest().checkpointLsn());
        Manifest manifest = store.catalog().next(start, merged, extent);
        store.commit(this, manifest, extent, () -> swap(0));
    }

    /** Makes the streams refer to the new file. */
    private void swap(int from) {
        int end = Math.min(referrers.size(), from + STEP_ENTRIES_MAX);
        for (int i = from; i < end && extent != null; i++) {
            StreamState stream = referrers.get(i);
            IndexEntry entry = written.remove();
            extent.refer(entry.generation(), stream);
            if (stream.isDurablyDropped()) {
                if (described.get(i)) {
                    extent.keepDescription();
                }
                continue;
            }
            stream.content().replace(entry.runs(), extent);
            store.moved(stream);
            if (described.get(i) && stream.owner() instanceof Extent owner && merged.contains(owner)) {
                extent.describe(stream);
            }
        }
        if (end < referrers.size()) {
            store.onLoop(() -> swap(end));
            return;
        }
        store.catalog().remove(merged);
        if (extent == null) {
            store.catalog().discard(file);
        }
        done(extent == null ? 0 : extent.file().bytes());
    }
}
