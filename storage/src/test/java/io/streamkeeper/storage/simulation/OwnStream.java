package io.streamkeeper.storage.simulation;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Retention;
import io.streamkeeper.storage.Peek;
import io.streamkeeper.storage.stream.StreamState;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the server itself does with a stream of a reserved path: a log of events with snapshots, which is trimmed before
 * the last snapshot when that is durable. No client uses the stream, and none sees it. Draws from a source of its own, so
 * that it shifts nothing else.
 */
final class OwnStream {
    static final String PATH = "__ds/subscriptions/log";

    /** Keeps everything, in runs that can be trimmed. */
    private static final Retention ALL = new Retention(Retention.UNBOUNDED, 1L << 52, Retention.UNBOUNDED);

    private final World world;
    private final Commands commands;
    private final Random random;

    /** The last append that was not answered; null for none. */
    private @Nullable Replied written;

    /** The messages of a snapshot that are not appended yet. */
    private int partsLeft;

    private boolean isSnapshot;
    private long snapshotStart;
    private long snapshotGeneration;
    private @Nullable Replied trim;
    private boolean wasTrimmed;

    OwnStream(World world, Commands commands, Random random) {
        this.world = world;
        this.commands = commands;
        this.random = random;
    }

    /** Another life of the process begins: nothing of the former one is answered. */
    void restarted() {
        written = null;
        isSnapshot = false;
        trim = null;
        wasTrimmed = false;
    }

    /** Whether a trim was acknowledged in this life. */
    boolean wasTrimmed() {
        return wasTrimmed;
    }

    void step() {
        takeTrim();
        if (!takeWritten()) {
            return;
        }
        switch (random.nextInt(20)) {
            case 0 -> create();
            case 1 -> delete();
            case 2, 3, 4 -> beginSnapshot();
            case 5, 6 -> commands.read(PATH);
            case 7, 8, 9, 10 -> append();
            default -> {}
        }
    }

    private void create() {
        written = commands.create(PATH, true, Expiry.never(), ALL, false, commands.anyStored(true));
    }

    private void delete() {
        isSnapshot = false;
        commands.delete(PATH, false);
    }

    private void append() {
        if (world.staged(PATH) == null) {
            create();
        } else {
            written = commands.write(PATH);
        }
    }

    private @Nullable StreamState stream() {
        return Peek.at(world.process.of(PATH).store(), PATH);
    }

    /** Appends a snapshot, one message after the other; when the last one is durable, what was before is not needed. */
    private void beginSnapshot() {
        StreamState stream = stream();
        if (stream != null && !Peek.isDeleted(stream)) {
            isSnapshot = true;
            partsLeft = random.nextInt(3);
            snapshotStart = stream.durableTail();
            snapshotGeneration = stream.generation();
            written = commands.write(PATH);
        }
    }

    /** Takes the answer to the last append, and continues a snapshot; returns whether something else may begin. */
    private boolean takeWritten() {
        Replied last = written;
        if (last != null && !last.isThere()) {
            return false;
        }
        written = null;
        if (last == null || !isSnapshot) {
            return true;
        }
        StreamState stream = stream();
        boolean isThere = stream != null && stream.generation() == snapshotGeneration;
        if (!last.word().equals("wrote") || !isThere) {
            isSnapshot = false;
            return true;
        }
        if (partsLeft > 0) {
            partsLeft--;
            written = commands.write(PATH);
        } else {
            isSnapshot = false;
            trim = commands.trim(PATH, snapshotStart);
        }
        return false;
    }

    private void takeTrim() {
        Replied last = trim;
        if (last != null && last.isThere()) {
            trim = null;
            if (last.word().equals("described")) {
                wasTrimmed = true;
                // What readers see from now on is there after a crash.
                commands.head(PATH);
                world.reach.hit("a snapshot of the server itself, and a trim before it");
            }
        }
    }
}
