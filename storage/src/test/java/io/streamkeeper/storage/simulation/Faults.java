package io.streamkeeper.storage.simulation;

import io.streamkeeper.storage.disk.Clock;
import io.streamkeeper.storage.disk.DiskException;
import io.streamkeeper.storage.disk.DiskException.Operation;
import io.streamkeeper.storage.disk.FaultyDisk;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What goes wrong at the seams of the storage before it has any effect: one kind at a time, at one of them or at any,
 * now and then.
 */
final class Faults implements FaultyDisk.Faults {
    /** Where it goes wrong. */
    enum Seam {
        ANY,
        /** The files of the journals. */
        JOURNAL,
        /** The files that are written in the background, and the manifests that name them. */
        EXTENTS,
        /** A clock that is read. */
        CLOCK,
        /** A thread that is given a task. */
        THREADS;

        boolean isAt(Path path) {
            return switch (this) {
                case ANY -> true;
                case JOURNAL -> path.toString().contains("/journal");
                case EXTENTS ->
                    path.toString().contains("/extents") || path.toString().contains("MANIFEST");
                case CLOCK, THREADS -> false;
            };
        }
    }

    /** A kind of fault. */
    enum Kind {
        /** The process has no descriptors left. It passes. */
        DESCRIPTORS,
        /** The directories may not be changed. It passes. */
        ACCESS,
        /** Nothing can be read. It passes. */
        READS,
        /** Nothing can be written: what is in a file, or a directory, is not known after it. */
        WRITES,
        /** Our own code throws an error, at any operation. */
        ERRORS,
        /** Our own code throws an unchecked exception, at any operation. */
        EXCEPTIONS;

        /** Whether a shard may acknowledge nothing more after it. */
        boolean mayBeFinal() {
            return this == WRITES || isThrown();
        }

        /** Whether it is no fault of the disk. */
        boolean isThrown() {
            return this == ERRORS || this == EXCEPTIONS;
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
                case ERRORS, EXCEPTIONS -> true;
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

    /** An exception that a bug of ours may throw. */
    static final class InjectedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        InjectedException(String message) {
            super(message);
        }
    }

    private final Random random;
    private final Reach reach;
    private final Set<Path> thrownIn = new HashSet<>();
    private Seam seam = Seam.ANY;
    private boolean refusedTasks;
    private final Map<Path, Integer> removed = new HashMap<>();
    private final Set<Path> writing = new HashSet<>();
    private Kind kind;
    private int oneIn;
    private boolean inTier;

    Faults(Random random, Reach reach) {
        this.random = random;
        this.reach = reach;
    }

    /** From now on one of {@code chances} operations of the kind fails at a seam. */
    void begin(Kind newKind, Seam newSeam, int chances) {
        kind = newKind;
        seam = newSeam;
        oneIn = chances;
    }

    /** Whether work of a shard's own has thrown what nobody expects, so that the shard must have failed. */
    boolean hasThrownIn(Path shard) {
        return thrownIn.contains(shard);
    }

    void end() {
        kind = null;
    }

    /** Whether the thread of the tier works, of which no fault fails a shard. */
    void inTier(boolean is) {
        inTier = is;
    }

    /** Threads and clocks throw no more: a process that stops needs them, and one that cannot stop is killed. */
    void endBesideFiles() {
        if (seam != Seam.JOURNAL && seam != Seam.EXTENTS) {
            end();
        }
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
        thrownIn.clear();
        refusedTasks = false;
    }

    /** Whether a thread has refused a task of this process, which may be one that releases memory. */
    boolean hasRefusedTasks() {
        return refusedTasks;
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
        if (kind == null || !kind.isOf(operation) || !seam.isAt(path) || random.nextInt(oneIn) > 0) {
            return;
        }
        reach.hit("fault: " + kind + " at " + operation);
        if (kind.isThrown()) {
            if (!inTier && operation != Operation.READ && operation != Operation.OPEN) {
                thrownIn.add(shardOf(path));
            }
            hurl(operation + " of " + path);
        }
        throw new DiskException(operation, path, "simulated: " + kind);
    }

    private static Path shardOf(Path path) {
        Path shard = path;
        while (shard.getNameCount() > World.DATA.getNameCount() + 1) {
            shard = shard.getParent();
        }
        return shard;
    }

    private void hurl(String at) {
        if (kind == Kind.ERRORS) {
            throw new InjectedError("simulated: an error at " + at);
        }
        throw new InjectedException("simulated: an exception at " + at);
    }

    private void at(Seam place) {
        boolean isHere = seam == place || seam == Seam.ANY;
        if (kind != null && kind.isThrown() && isHere && random.nextInt(oneIn) == 0) {
            refusedTasks |= place == Seam.THREADS;
            reach.hit("fault: " + kind + " at " + place);
            hurl(place.toString());
        }
    }

    /** A clock that throws what the faults say. */
    Clock clock(Clock real) {
        return new Clock() {
            @Override
            public long nowMillis() {
                at(Seam.CLOCK);
                return real.nowMillis();
            }

            @Override
            public long monotonicNanos() {
                at(Seam.CLOCK);
                return real.monotonicNanos();
            }
        };
    }

    /** A thread that refuses tasks as the faults say. */
    Executor thread(Executor real) {
        return task -> {
            at(Seam.THREADS);
            real.execute(task);
        };
    }
}
