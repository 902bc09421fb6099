package io.streamkeeper.storage.simulation;

import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What goes wrong with a disk's operations before they have any effect: one kind at a time, now and then. */
final class Faults implements FaultyDisk.Faults {
    /** What goes wrong. */
    enum Kind {
        /** The process has no descriptors left. It passes. */
        DESCRIPTORS,
        /** The directories may not be changed. It passes. */
        ACCESS,
        /** Nothing can be read. It passes. */
        READS,
        /** Nothing can be written: what is in a file, or a directory, is not known after it. */
        WRITES,
        /** Our own code throws, at any operation. */
        ERRORS;

        /** Whether a shard may acknowledge nothing more after it. */
        boolean mayBeFinal() {
            return this == WRITES || this == ERRORS;
        }

        boolean isOf(Operation operation) {
            return switch (this) {
                case DESCRIPTORS ->
                    switch (operation) {
                        case OPEN, CREATE, LIST -> true;
                        default -> false;
                    };
                case ACCESS ->
                    switch (operation) {
                        case OPEN, CREATE, LIST, RENAME, DELETE -> true;
                        default -> false;
                    };
                case READS ->
                    switch (operation) {
                        case READ, SIZE, LOOK_UP -> true;
                        default -> false;
                    };
                case WRITES ->
                    switch (operation) {
                        case WRITE, SYNC, SYNC_DIRECTORY, TRUNCATE -> true;
                        default -> false;
                    };
                case ERRORS -> true;
            };
        }
    }

    /** An error that a bug of ours, or the machine, may throw. */
    static final class InjectedError extends Error {
        private static final long serialVersionUID = 1L;

        InjectedError(String message) {
            super(message);
        }
    }

    private final Random random;
    private final Reach reach;
    private final Map<Path, Integer> removed = new HashMap<>();
    private final Set<Path> writing = new HashSet<>();
    private Kind kind;
    private int oneIn;

    Faults(Random random, Reach reach) {
        this.random = random;
        this.reach = reach;
    }

    /** From now on one of {@code chances} operations of the kind fails. */
    void begin(Kind newKind, int chances) {
        kind = newKind;
        oneIn = chances;
    }

    void end() {
        kind = null;
    }

    /** How many extent files of a shard's directory were removed. */
    int removedExtents(Path shard) {
        return removed.getOrDefault(shard, 0);
    }

    /** Whether an extent file of a shard's directory is written that no manifest names yet. */
    boolean isWriting(Path shard) {
        return writing.contains(shard);
    }

    /** Another process: nothing is under way. */
    void forget() {
        writing.clear();
    }

    private void watch(Operation operation, Path path) {
        Path directory = path.getParent();
        boolean isReserve = path.endsWith("RESERVE");
        if (isReserve && (operation == Operation.CREATE || operation == Operation.DELETE)) {
            reach.hit(operation == Operation.CREATE ? "a reserve is made" : "a reserve is released");
        }
        boolean isExtent = directory != null && directory.endsWith("extents");
        if (isExtent && operation == Operation.CREATE) {
            writing.add(directory.getParent());
        } else if (isExtent && operation == Operation.DELETE) {
            removed.merge(directory.getParent(), 1, Integer::sum);
        } else if (operation == Operation.RENAME) {
            writing.remove(directory);
        }
    }

    @Override
    public void before(Operation operation, Path path) throws DiskException {
        watch(operation, path);
        if (kind == null || !kind.isOf(operation) || random.nextInt(oneIn) > 0) {
            return;
        }
        reach.hit("fault: " + kind + " at " + operation);
        if (kind == Kind.ERRORS) {
            throw new InjectedError("simulated: an error at " + operation + " of " + path);
        }
        throw new DiskException(operation, path, "simulated: " + kind);
    }
}
