package io.streamkeeper.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.protocol.PathOrder;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.protocol.StreamInfo;
import io.streamkeeper.protocol.leak.ProcessMemory;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentFiles;
import io.streamkeeper.storage.extent.IndexEntry;
import io.streamkeeper.storage.journal.FileLog;
import io.streamkeeper.storage.provider.StorageProvider;
import io.streamkeeper.storage.stream.StreamState;
import io.streamkeeper.storage.tier.StoredObjects;
import io.streamkeeper.storage.tool.StoreBackup;
import io.streamkeeper.storage.tool.StoreExport;
import io.streamkeeper.storage.tool.StoreVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What must be true: of a read, of a description, of what a start has found, of a directory that nobody uses. */
final class Checks {
    private Checks() {}

    // ---- readers ----

    static void read(World world, Reading reading) {
        Incarnation of = reading.of;
        world.trace("read of", of, "from", reading.start, reading.text(), reading.refusal());
        if (reading.refusal() != null) {
            refusedRead(world, reading);
            return;
        }
        if (!world.mayBeFull
                && !world.mayBeBusy
                && world.faults.removedExtents(shardOf(world, of)) > reading.removedBefore) {
            world.reach.hit("a read that outlives a compaction");
        }
        world.reach.hit(reading.inherits() ? "read of inherited bytes" : "read of its own bytes");
        world.model(of.path)
                .saw(
                        of.path,
                        version -> version != null
                                && version.shows(of, reading.text(), reading.start)
                                && reading.end() <= version.tail()
                                && (!reading.isUpToDate() || reading.end() == version.tail())
                                && (!reading.isUpToDate() || reading.isClosed() == version.closed())
                                && version.isBoundary(reading.end()),
                        "from " + reading.start + (reading.isUpToDate() ? " to the tail: " : ": ") + reading.text());
    }

    static void searched(World world, Searching searching) {
        Incarnation of = searching.of;
        world.trace(searching);
        if (searching.refusal() == null) {
            world.reach.hit("search " + searching.kind + (searching.inherits() ? " in inherited bytes" : ""));
            world.model(of.path)
                    .saw(of.path, version -> version != null && searching.isOf(version), searching.toString());
            return;
        }
        world.reach.hit("search refused: " + searching.refusal().code().code());
        Version staged = world.staged(of.path);
        boolean replaced = staged == null || staged.of() != of;
        ErrorCode code = searching.refusal().code();
        boolean isOfPlace = code == ErrorCode.INVALID_OFFSET || code == ErrorCode.OFFSET_GONE;
        assertThat(
                        isOfPlace
                                ? replaced || searching.mayBeRefused(staged, world.clockMax)
                                : mayRefuseReads(world, staged, replaced, code.code()))
                .as("%s of %s", searching, staged)
                .isTrue();
    }

    /** Whether any read of a stream may be refused so. */
    private static boolean mayRefuseReads(World world, @Nullable Version staged, boolean replaced, String code) {
        return switch (code) {
            case "stream_not_found", "stream_deleted" -> replaced || world.mayBeGone(staged);
            case "overloaded" -> world.mayNotRead || world.settings.readBytesMax() < 1 << 26;
            case "internal_error" -> world.mayHaveFailed;
            case "storage_failed" ->
                world.mayNotRead || world.mayBeAway || world.mayHaveFailed || world.disk.isStopped();
            case "tier_unavailable" -> world.mayBeAway || world.disk.isStopped();
            default -> false;
        };
    }

    private static Path shardOf(World world, Incarnation of) {
        return World.directory(world.process.of(of.path).number());
    }

    /** A read begins, in whatever state the files are. */
    static void begins(World world, Reading reading) {
        reading.removedBefore = world.faults.removedExtents(shardOf(world, reading.of));
    }

    private static void refusedRead(World world, Reading reading) {
        Incarnation of = reading.of;
        String code = reading.refusal().code().code();
        world.reach.hit("read refused: " + code);
        Version staged = world.staged(of.path);
        boolean replaced = staged == null || staged.of() != of;
        boolean allowed = switch (code) {
            case "offset_gone" -> replaced || reading.start < staged.trimmableAt(world.clockMax);
            case "invalid_offset" -> replaced || !staged.isBoundary(reading.start);
            default -> mayRefuseReads(world, staged, replaced, code);
        };
        assertThat(allowed)
                .as("read of %s from %d: %s", staged, reading.start, reading.refusal())
                .isTrue();
    }

    /** What HEAD returns. */
    static void info(World world, Incarnation of, StreamState stream) {
        StreamInfo info = stream.info();
        long earliest = info.earliest().position();
        world.model(of.path)
                .saw(
                        of.path,
                        version -> version != null
                                && version.of() == of
                                && !version.deleted()
                                && version.tail() == info.tail().position()
                                && version.closed() == info.closed()
                                && version.appendedSeconds() == info.appendedSeconds()
                                && version.expiry().equals(info.expiry())
                                && version.retention().equals(info.retention()),
                        info.toString());
        assertThat(earliest).as("earliest of %s", of).isGreaterThanOrEqualTo(of.earliestSeen);
        Version staged = world.staged(of.path);
        if (staged != null && staged.of() == of) {
            if (world.model(of.path).inDoubt(of.path, version -> true) == null) {
                of.has(info.expiry());
            }
            assertThat(earliest).as("earliest of %s", staged).isLessThanOrEqualTo(staged.trimmableAt(world.clockMax));
            Version.Piece cut = earliest > of.ownStart() ? staged.pieceAt(earliest - 1) : null;
            assertThat(earliest)
                    .as("earliest of %s", staged)
                    .isIn(of.earliestAtFork, (long) of.ownStart(), cut == null ? of.earliestAtFork : cut.end());
        }
        if (earliest > of.earliestSeen) {
            world.reach.hit("earliest offset moved");
        }
        of.earliestSeen = earliest;
    }

    /** What a listing of a shard has: each stream that readers see, in order, and no other. */
    static void listed(World world, int shard, List<ListedStream> listed) {
        Map<String, ListedStream> byPath = new HashMap<>();
        String before = "";
        for (ListedStream stream : listed) {
            assertThat(PathOrder.compare(before, stream.path()))
                    .as("%s before %s", before, stream.path())
                    .isNegative();
            before = stream.path();
            byPath.put(stream.path(), stream);
        }
        for (String path : world.clientPaths) {
            if (world.process.of(path).number() == shard) {
                listed(world, path, byPath.remove(path));
            }
        }
        if (world.former() == null) {
            assertThat(byPath).as("listed streams that no client has created").isEmpty();
        }
    }

    /** What a visit of the streams of the server itself finds in a shard. */
    static void reserved(World world, int shard, List<StreamState> found) {
        if (!world.settings.hasOwnStream() || world.process.of(OwnStream.PATH).number() != shard) {
            assertThat(found).as("streams of the server itself").isEmpty();
            return;
        }
        Incarnation of =
                found.isEmpty() ? null : world.incarnations.get(found.get(0).generation());
        assertThat(found.isEmpty() || (found.size() == 1 && of != null && of.path.equals(OwnStream.PATH)))
                .as("the streams of the server itself: %s", found)
                .isTrue();
        world.model(OwnStream.PATH)
                .saw(
                        OwnStream.PATH,
                        version -> of == null
                                ? world.mayBeGone(version)
                                : version != null && version.of() == of && !version.deleted(),
                        "visited: " + of);
        world.reach.hit(of == null ? "no stream of the server itself" : "a stream of the server itself");
    }

    private static void listed(World world, String path, @Nullable ListedStream listed) {
        if (listed == null) {
            world.model(path).saw(path, world::mayBeGone, "no entry of it in a listing");
            world.reach.hit("a path that is not listed");
            return;
        }
        Incarnation of = world.incarnations.get(listed.info().incarnation());
        assertThat(of).as("the stream that is listed at %s", path).isNotNull();
        assertThat(of.mustBeExpired()).as("%s, which is listed, is expired", of).isFalse();
        assertThat(of.gone && !world.mayHaveFailed)
                .as("%s, which is listed, is gone", of)
                .isFalse();
        world.model(path)
                .saw(
                        path,
                        version -> version != null
                                && version.of() == of
                                && !version.deleted()
                                && version.tail() == listed.info().tail().position()
                                && version.closed() == listed.info().closed()
                                && version.appendedSeconds() == listed.info().appendedSeconds()
                                && version.expiry().equals(listed.info().expiry())
                                && version.retention().equals(listed.info().retention()),
                        listed.toString());
        world.reach.hit("a path that is listed");
    }

    /** Retention that has had its time leaves no more than a step more than what was asked for. */
    static void trimmed(World world, Incarnation of, StreamState stream) {
        Version version = world.staged(of.path);
        long earliest = stream.durableEarliest();
        long bytesMax = version.retention().maxBytes();
        if (bytesMax < 0 || of.retainedOtherwise || earliest < of.ownStart() || version.last() == null) {
            return;
        }
        Version.Piece first = version.pieceAt(earliest);
        long step = Math.max(1, bytesMax / 256) + (first == null ? 0 : first.end() - first.start());
        assertThat(version.tail() - earliest - step)
                .as("bytes that retention keeps of %s from %d, less one step", version, earliest)
                .isLessThanOrEqualTo(bytesMax);
        world.reach.hit("retention has trimmed all it may");
    }

    // ---- directories ----

    /** What {@code verify} says of the directory, in which nothing runs. */
    static void verified(World world) {
        ProcessMemory memory = ProcessMemory.begin();
        List<String> problems = new StoreVerifier(world.disk, world.objects(), line -> {}).verify(World.DATA);
        memory.assertReleased();
        assertThat(problems).as("what verify finds").isEmpty();
        countGaps(world);
    }

    /** Data that retention has dropped before a checkpoint leaves a gap between a stream's runs in the files. */
    private static void countGaps(World world) {
        try {
            DataDirectory data = DataDirectory.read(world.disk, World.DATA);
            for (int shard = 0; shard < data.shards(); shard++) {
                if (hasGap(world, data, data.manifest(world.disk, shard))) {
                    world.reach.hit("a gap in a stream's runs that retention has made");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasGap(World world, DataDirectory data, Manifest manifest) throws IOException {
        Map<Long, TreeMap<Long, Long>> spans = new HashMap<>();
        for (Manifest.ExtentRef ref : manifest.extents()) {
            ExtentFiles files = StoredObjects.files(world.disk, data.shard(manifest.shard()), world.objects());
            ExtentFile file = ExtentFile.open(files, ref.file(), manifest.shard(), manifest.store());
            ExtentFile.Cursor cursor = file.entries();
            for (IndexEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
                if (entry.runs().count() > 0) {
                    spans.computeIfAbsent(entry.generation(), generation -> new TreeMap<>())
                            .merge(entry.runs().start(), entry.runs().end(), Math::max);
                }
            }
            file.release();
        }
        return spans.values().stream().anyMatch(Checks::hasGap);
    }

    private static boolean hasGap(NavigableMap<Long, Long> spans) {
        long end = spans.firstEntry().getValue();
        for (Map.Entry<Long, Long> span : spans.entrySet()) {
            if (span.getKey() > end) {
                return true;
            }
            end = Math.max(end, span.getValue());
        }
        return false;
    }

    /** The last record that the checkpoints of a shard on the disk include. */
    static long checkpointLsn(World world, int shard) {
        try {
            return DataDirectory.read(world.disk, World.DATA)
                    .manifest(world.disk, shard)
                    .checkpointLsn();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A backup has what the directory has. */
    static void backup(World world) throws IOException {
        Path target = world.nextBackup();
        ProcessMemory memory = ProcessMemory.begin();
        boolean isExport = world.copiesByExport();
        if (isExport) {
            export(world, target);
        } else {
            new StoreBackup(world.disk, world.objects(), line -> {}).copy(World.DATA, target);
        }
        memory.assertReleased();
        SimulatedProcess kept = world.process;
        world.process = SimulatedProcess.start(
                world.random,
                world.disk,
                target,
                world.settings,
                new Copies(StorageProvider.LOCAL),
                world.clock,
                world.faults,
                thrown -> {
                    throw new AssertionError(thrown);
                },
                shard -> {});
        found(world, false);
        world.process.kill();
        world.process = kept;
        for (Path file : world.disk.files()) {
            if (file.startsWith(target)) {
                world.disk.delete(file);
            }
        }
        world.reach.hit((isExport ? "an export is started" : "backup restored")
                + (world.settings.tiered() ? ", with objects" : ""));
    }

    /** A copy in which extents have what the journals of the directory have. */
    private static void export(World world, Path target) throws IOException {
        DataDirectory data = DataDirectory.read(world.disk, World.DATA);
        new StoreExport(world.disk, world.objects(), line -> {})
                .make(data, shard -> new FileLog(world.disk, data.shard(shard), data.store(), shard), target);
    }

    // ---- starts ----

    /** What one path holds, as far as a start has found it. */
    private record Found(
            long generation,
            boolean deleted,
            String text,
            long earliest,
            long tail,
            boolean closed,
            String seq,
            Map<String, Producer> producers,
            Expiry expiry,
            Retention retention,
            long appendedSeconds) {}

    /** Each shard has found some first part of its records. */
    static void found(World world, boolean counts) {
        if (world.former() != null) {
            world.former().check(world);
        }
        Map<String, Found> all = new HashMap<>();
        for (String path : world.paths) {
            all.put(path, look(world, path));
        }
        for (int shard = 0; shard < world.models.size(); shard++) {
            ShardModel model = world.models.get(shard);
            List<String> here = world.paths.stream()
                    .filter(path -> world.model(path) == model)
                    .toList();
            model.found(
                    here,
                    (path, version) -> fits(world, all.get(path), version),
                    !world.mayHaveLost,
                    counts,
                    world.isDurable,
                    path -> String.valueOf(all.get(path)));
        }
    }

    private static @Nullable Found look(World world, String path) {
        StreamState stream = Peek.at(world.process.of(path).store(), path);
        if (stream == null) {
            return null;
        }
        Incarnation of = world.incarnations.get(stream.generation());
        assertThat(of)
                .as("a stream at %s of generation %d that nobody created", path, stream.generation())
                .isNotNull();
        boolean deleted = Peek.isDeleted(stream);
        Map<String, Producer> producers = new HashMap<>();
        for (int i = 0; i < world.settings.producerCount(); i++) {
            Producer last = Peek.lastOf(stream, "p" + i);
            if (last != null) {
                producers.put("p" + i, last);
            }
        }
        return new Found(
                stream.generation(),
                deleted,
                deleted ? "" : text(world, of, stream),
                stream.durableEarliest(),
                stream.durableTail(),
                Peek.isClosed(stream),
                Peek.streamSeq(stream),
                producers,
                stream.expiry(),
                stream.retention(),
                stream.info().appendedSeconds());
    }

    /** All that can be read of a stream. */
    static String text(World world, Incarnation of, StreamState stream) {
        StringBuilder text = new StringBuilder();
        long position = stream.durableEarliest();
        while (true) {
            Reading reading = new Reading(world.process, stream, of, position, 1 + world.random.nextInt(9_000));
            reading.next();
            while (!reading.isDone()) {
                assertThat(world.process.threads.runOne())
                        .as("a read of %s is answered", of)
                        .isTrue();
            }
            assertThat(reading.refusal())
                    .as("why %s is not read from %d", of, position)
                    .isNull();
            text.append(reading.text());
            position = reading.end();
            if (reading.isUpToDate()) {
                return text.toString();
            }
        }
    }

    private static Map<String, Producer> producersOf(Version version) {
        Map<String, Producer> all = new HashMap<>();
        version.producers().forEach((id, used) -> all.put(id, used.last()));
        return all;
    }

    private static boolean fits(World world, @Nullable Found found, @Nullable Version version) {
        if (found == null) {
            return world.mayBeGone(version);
        }
        if (found.deleted()) {
            return world.mayBeGone(version);
        }
        if (version == null || version.of().generation != found.generation()) {
            return false;
        }
        return !version.deleted()
                && !version.of().gone
                && version.tail() == found.tail()
                && version.closed() == found.closed()
                && Objects.equals(version.seq(), found.seq())
                && producersOf(version).equals(found.producers())
                && version.expiry().equals(found.expiry())
                && version.retention().equals(found.retention())
                && version.appendedSeconds() == found.appendedSeconds()
                && found.earliest() >= version.of().earliestSeen
                && found.earliest() <= version.trimmableAt(world.clockMax)
                && version.text().substring((int) found.earliest()).equals(found.text());
    }

    // ---- quiet ----

    /** Nothing is under way and nothing is broken: every answer has come. */
    static void quiet(World world) {
        assertThat(world.open).as("commands without an answer").isEmpty();
        assertThat(world.readings).as("reads without an answer").isEmpty();
        assertThat(world.searches).as("searches without an answer").isEmpty();
        assertThat(world.forkings).as("forks without an answer").isEmpty();
        world.waiting.forEach(Waiting::checkNothingUnreported);
        assertThat(world.process.readBytes())
                .as("memory that no read gives back")
                .isZero();
        if (!world.mayHaveFailed) {
            for (SimulatedProcess.Shard shard : world.process.shards) {
                assertThat(shard.store().failure())
                        .as("failure of a shard whose disk is well")
                        .isNull();
            }
            world.copies.quiet();
        }
    }
}
