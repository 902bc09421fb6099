package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.directory.DataDirectory;
import io.streamkeeper.storage.directory.Manifest;
import io.streamkeeper.storage.disk.Checksum;
import io.streamkeeper.storage.disk.DamagedFileException;
import io.streamkeeper.storage.disk.Disk;
import io.streamkeeper.storage.disk.FileProblem;
import io.streamkeeper.storage.extent.ExtentFile;
import io.streamkeeper.storage.extent.ExtentRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Walks a data directory, of a server that runs or not, and checks everything: that the manifests' files are there, every
 * checksum, that the journal's records fit, that each stream is whole, that forks' sources are there. Changes nothing. Used
 * by one thread; it may block.
 */
public final class StoreVerifier {
    /** A server that runs may move files under the walk; so often a shard is walked again. */
    private static final int ATTEMPTS = 5;

    /** What was found in one shard. */
    private record Walked(List<StreamState> streams, String summary) {}

    private final Disk disk;
    private final Consumer<String> report;
    private final List<String> problems = new ArrayList<>();

    /** A verifier that tells what it finds, a line each. */
    public StoreVerifier(Disk disk, Consumer<String> report) {
        this.disk = disk;
        this.report = report;
    }

    /** Checks the directory at {@code path}; returns what is wrong with it, nothing if all is well. */
    public List<String> verify(Path path) {
        try {
            return verify(DataDirectory.read(disk, path));
        } catch (IOException e) {
            problem(FileProblem.text(e, path));
            return List.copyOf(problems);
        }
    }

    /** Checks a directory whose description is known, perhaps because it has none yet. */
    List<String> verify(DataDirectory data) {
        Map<Long, StreamState> streams = new HashMap<>();
        report.accept(
                "data directory " + data.path() + ": store " + data.store() + ", " + counted(data.shards(), "shard"));
        for (int shard = 0; shard < data.shards(); shard++) {
            walk(data, shard, streams);
        }
        if (problems.isEmpty()) {
            checkForks(streams);
        }
        return List.copyOf(problems);
    }

    private void problem(String text) {
        problems.add(text);
        report.accept(text);
    }

    private void walk(DataDirectory data, int shard, Map<Long, StreamState> streams) {
        String failure = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                Walked walked = walk(data, shard);
                walked.streams().forEach(stream -> streams.put(stream.generation(), stream));
                report.accept("shard " + shard + ": " + walked.summary());
                return;
            } catch (IOException e) {
                failure = "shard " + shard + ": " + FileProblem.text(e, data.shard(shard));
            } catch (RuntimeException e) {
                failure = "shard " + shard + ": " + e.getMessage();
            }
        }
        problem(failure);
    }

    private Walked walk(DataDirectory data, int shard) throws IOException {
        Manifest manifest = data.manifest(disk, shard);
        Recovery recovery = new Recovery(disk, data.shard(shard), manifest, new MemoryBudget(Long.MAX_VALUE));
        try {
            recovery.run();
            long bytes = 0;
            for (Extent extent : recovery.extents()) {
                bytes += checkRuns(extent.file());
            }
            List<StreamState> streams = recovery.streams();
            long live = streams.stream().filter(stream -> !stream.isDeleted()).count();
            return new Walked(
                    streams,
                    counted(live, "stream") + ", "
                            + counted(recovery.extents().size(), "extent file") + " with "
                            + counted(bytes, "byte") + " of data, checkpoint at record " + manifest.checkpointLsn()
                            + ", journal up to record " + recovery.lastLsn());
        } finally {
            recovery.streams().forEach(stream -> stream.content().release(new MemoryExtentStore(new MemoryBudget(0))));
            recovery.close();
        }
    }

    private static String counted(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private static long checkRuns(ExtentFile file) throws IOException {
        long bytes = 0;
        ExtentFile.Cursor cursor = file.entries();
        for (ExtentFile.Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
            ExtentRuns runs = entry.runs();
            for (int run = 0; run < runs.count(); run++) {
                checkRun(file, runs, run);
                bytes += runs.bytes(run);
            }
        }
        return bytes;
    }

    private static void checkRun(ExtentFile file, ExtentRuns runs, int run) throws IOException {
        int length = runs.bytes(run);
        ByteBuf buffer = Unpooled.buffer(Math.max(1, length));
        file.read(runs.position(run), buffer.nioBuffer(0, length));
        if (Checksum.of(buffer, 0, length) != runs.checksum(run)) {
            throw new DamagedFileException(
                    file.path(), runs.position(run), "the checksum of " + length + " bytes does not match");
        }
    }

    private void checkForks(Map<Long, StreamState> streams) {
        for (StreamState stream : streams.values()) {
            LogRecord.Fork fork = stream.fork();
            if (fork == null || stream.isDeleted()) {
                continue;
            }
            StreamState source = streams.get(fork.sourceGeneration());
            if (source == null || source.tail() < fork.sourceEnd()) {
                problem("stream " + stream.path() + " inherits up to position " + fork.position() + " of stream "
                        + fork.origin().source() + ", which "
                        + (source == null ? "is not there" : "ends at " + source.tail()));
            }
        }
    }
}
