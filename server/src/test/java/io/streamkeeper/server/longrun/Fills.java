package io.streamkeeper.server.longrun;

import io.streamkeeper.server.longrun.ModelStream.Doubt;
import io.streamkeeper.server.longrun.ModelStream.Unanswered;
import io.streamkeeper.server.longrun.ModelStream.Unit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Fills a small disk, deletes on the full disk, and requires that writes are taken again. Where the server is about to
 * end, it stays full: what is acknowledged must be readable there, and after a start.
 */
final class Fills {
    private static final int STREAMS_MAX = 4;
    private static final int CONTENT_MAX = 16 << 20;
    private static final int UNIT_BYTES = 100_000;
    private static final Duration DELETED_MAX = Duration.ofSeconds(30);
    private static final Duration SOON_WRITTEN_MAX = Duration.ofSeconds(2);
    private static final Duration WRITTEN_MAX = Duration.ofSeconds(40);

    private final Traffic traffic;
    private final Random random;
    private final Lives lives;
    private final Reads reads;
    private volatile boolean full;
    private @Nullable SmallDisk disk;

    Fills(Traffic traffic) {
        this.traffic = traffic;
        this.random = traffic.random;
        this.lives = new Lives(traffic);
        this.reads = new Reads(traffic);
    }

    /** Whether the disk was full at the last append. */
    boolean isFull() {
        return full;
    }

    void begin() {
        full = false;
    }

    /** The disk to fill. */
    void on(SmallDisk newDisk) {
        disk = newDisk;
    }

    void step(boolean ending) throws IOException, Traffic.Later {
        if (!full) {
            fill();
            return;
        }
        if (!traffic.streams.isEmpty()) {
            reads.all(traffic.pick());
            traffic.reach.count("full disk: read");
        }
        if (ending) {
            // What others have deleted meanwhile is filled again.
            fill();
        } else {
            makeRoom();
        }
    }

    private void fill() throws IOException, Traffic.Later {
        try {
            if (traffic.streams.size() < STREAMS_MAX) {
                lives.createLasting();
            }
            ModelStream stream = traffic.streams.get(random.nextInt(traffic.streams.size()));
            if (stream.content.length() > CONTENT_MAX) {
                lives.delete(stream);
                return;
            }
            append(stream, 1 + random.nextInt(6), UNIT_BYTES + random.nextInt(UNIT_BYTES));
        } catch (Traffic.Later e) {
            refused(e);
            throw e;
        }
    }

    private void refused(Traffic.Later refusal) {
        if (String.valueOf(refusal.getMessage()).startsWith("507")) {
            full = true;
            traffic.reach.count("full disk: 507 storage_full");
        }
    }

    /** Appends in one piece; throws if the last one was refused. */
    private void append(ModelStream stream, int units, int bytes) throws IOException, Traffic.Later {
        List<String> requests = new ArrayList<>();
        stream.doubt = Doubt.APPENDS;
        for (int i = 0; i < units; i++) {
            Unit unit = stream.unit(random, traffic.newUnit(), bytes);
            stream.unanswered.add(new Unanswered(unit.text(), unit.body(), null, false));
            requests.add(
                    Wire.request("POST", traffic.target(stream, ""), unit.body(), "Content-Type: " + stream.kind.type));
        }
        List<Wire.Answer> answers = traffic.exchange(requests, false);
        for (int i = 0; i < units; i++) {
            Wire.Answer answer = traffic.expect(answers.get(i), stream, "fill", 204, 503, 507);
            if (answer.status() == 204) {
                stream.add(stream.unanswered.get(i).text(), answer.field("stream-next-offset"), traffic.sentNanos());
            }
        }
        stream.certain();
        Traffic.laterOf(answers.get(units - 1));
    }

    /** Deletes streams, which succeeds on a full disk, until writes are taken again, or all: then they must be. */
    private void makeRoom() throws IOException {
        int bytes = 0;
        while (full && !traffic.streams.isEmpty()) {
            ModelStream stream = traffic.streams.get(random.nextInt(traffic.streams.size()));
            bytes += stream.content.length();
            retry(DELETED_MAX, "the deletion of " + stream + " on a full disk", () -> lives.delete(stream));
            traffic.reach.count("full disk: deleted");
            full = random.nextBoolean() || !isAttempted(SOON_WRITTEN_MAX, this::append);
        }
        String what = "an append after " + bytes + " bytes were deleted on a full disk";
        if (isAttempted(WRITTEN_MAX, this::append)) {
            traffic.reach.count("full disk: written after deletions");
        } else {
            // Without its reserve a shard may keep the space of deleted streams, until room is made otherwise.
            if (disk().count("RESERVE") == Plan.SHARDS) {
                throw new AssertionError(
                        what + " is refused for " + WRITTEN_MAX + ", though no shard lacks its reserve");
            }
            disk().grow();
            retry(WRITTEN_MAX, what + " and it has grown", this::append);
            traffic.reach.count("full disk: written as it has grown");
        }
        full = false;
    }

    private SmallDisk disk() {
        return Objects.requireNonNull(disk);
    }

    private void append() throws IOException, Traffic.Later {
        if (traffic.streams.isEmpty()) {
            lives.createLasting();
        }
        append(traffic.streams.get(0), 1, UNIT_BYTES);
    }

    /** A request that may be refused for now. */
    private interface Attempt {
        void run() throws IOException, Traffic.Later;
    }

    private void retry(Duration longest, String what, Attempt attempt) throws IOException {
        if (!isAttempted(longest, attempt)) {
            throw new AssertionError(what + " is refused for " + longest);
        }
    }

    /** Whether an attempt succeeds in a time. */
    private boolean isAttempted(Duration longest, Attempt attempt) throws IOException {
        long deadline = System.nanoTime() + longest.toNanos();
        while (true) {
            try {
                attempt.run();
                return true;
            } catch (Traffic.Later e) {
                traffic.certain();
                traffic.reach.count("full disk, later: " + e.getMessage());
                if (System.nanoTime() > deadline) {
                    return false;
                }
            }
        }
    }
}
