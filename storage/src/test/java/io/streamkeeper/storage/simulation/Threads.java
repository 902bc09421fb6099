package io.streamkeeper.storage.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * All threads of a process in one: the tasks of each in order, of different ones in any order that the seed says. A
 * thread that is held stands still, as on a disk that answers slowly or never. A task that throws ends, its thread does
 * not.
 */
public final class Threads {
    private final Random random;
    private final Consumer<Throwable> thrown;
    private final List<Queue<Runnable>> queues = new ArrayList<>();
    private final Set<Integer> held = new HashSet<>();

    public Threads(Random random, Consumer<Throwable> thrown) {
        this.random = random;
        this.thrown = thrown;
    }

    public Executor thread() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        queues.add(tasks);
        return tasks::add;
    }

    /** Some threads stand still for a while. */
    void holdAny() {
        held.add(random.nextInt(queues.size()));
    }

    void releaseAll() {
        held.clear();
    }

    public boolean isIdle() {
        return queues.stream().allMatch(Queue::isEmpty);
    }

    /** Runs one task; returns false if there is none that may run. */
    public boolean runOne() {
        int first = random.nextInt(queues.size());
        for (int i = 0; i < queues.size(); i++) {
            int at = (first + i) % queues.size();
            Queue<Runnable> tasks = queues.get(at);
            if (!tasks.isEmpty() && !held.contains(at)) {
                run(tasks.remove());
                return true;
            }
        }
        return false;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            thrown.accept(e);
        }
    }

    public void runAll() {
        releaseAll();
        while (runOne()) {
            // Each task may bring others.
        }
    }

    /** The process was killed: nothing that was to be done is done. */
    public void stop() {
        queues.forEach(Queue::clear);
    }
}
