package io.streamkeeper.storage;

import io.streamkeeper.storage.journal.ShardThreads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;

/** The threads of a shard in one: tasks of each in order, of different ones in any order that the seed says. */
final class SimulatedThreads {
    private final Random random;
    private final List<Queue<Runnable>> queues = new ArrayList<>();
    final Executor loop = thread();
    final Executor journal = thread();
    final Executor background = thread();
    final Executor reads = thread();

    private boolean holdsJournal;
    private boolean holdsReads;

    SimulatedThreads(Random random) {
        this.random = random;
    }

    private Executor thread() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        queues.add(tasks);
        return tasks::add;
    }

    ShardThreads threads() {
        return new ShardThreads(loop, journal, background, reads);
    }

    /** Whether the journal's thread stands still, as if the disk were slow, while the others run. */
    void holdJournal(boolean holds) {
        holdsJournal = holds;
    }

    /** Whether no bytes are read from files meanwhile. */
    void holdReads(boolean holds) {
        holdsReads = holds;
    }

    private boolean isHeld(Queue<Runnable> tasks) {
        return (holdsJournal && tasks == queues.get(1)) || (holdsReads && tasks == queues.get(3));
    }

    /** Runs one task; returns false if there is none. */
    boolean runOne() {
        List<Queue<Runnable>> busy = queues.stream()
                .filter(tasks -> !tasks.isEmpty() && !isHeld(tasks))
                .toList();
        if (busy.isEmpty()) {
            return false;
        }
        busy.get(random.nextInt(busy.size())).remove().run();
        return true;
    }

    void runAll() {
        while (runOne()) {
            // Each task may bring others.
        }
    }

    /** The process was killed: nothing that was to be done is done. */
    void stop() {
        queues.forEach(Queue::clear);
    }

    /** Drops the loop's remaining tasks: nothing waits for their results any more. */
    void dropLoop() {
        queues.get(0).clear();
    }
}
