package io.streamkeeper.bench.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a process uses while something runs: processor time in all, and memory every second. */
public final class ProcessWatch implements AutoCloseable {
    private final long pid;
    private final double cpuSecondsBefore;
    private final List<Long> residentBytes = new ArrayList<>();
    private final ScheduledExecutorService timer;

    /**
     * Begins to watch.
     *
     * @param pid 0 for no process; then everything is 0
     */
    public ProcessWatch(long pid) throws IOException {
        this.pid = pid;
        this.cpuSecondsBefore = cpuSeconds();
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "process-watch");
            thread.setDaemon(true);
            return thread;
        });
        if (pid != 0) {
            timer.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.SECONDS);
        }
    }

    private double cpuSeconds() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).cpuSeconds();
    }

    private void look() {
        try {
            long bytes = ProcessSample.of(pid).residentBytes();
            synchronized (residentBytes) {
                residentBytes.add(bytes);
            }
        } catch (IOException e) {
            timer.shutdown();
        }
    }

    /** Processor seconds that it used since this began. */
    public double usedSeconds() throws IOException {
        return cpuSeconds() - cpuSecondsBefore;
    }

    /** Its memory at each second so far. */
    public List<Long> residentBytes() {
        synchronized (residentBytes) {
            return List.copyOf(residentBytes);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
