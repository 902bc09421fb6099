package io.streamkeeper.bench.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Measures a process during a run: its total processor time, and its memory every second. */
public final class ProcessWatch implements AutoCloseable {
    private final long pid;
    private final double cpuSecondsBefore;
    private final List<Long> residentBytes = new ArrayList<>();
    private final ScheduledExecutorService timer;

    /**
     * Starts the measurement.
     *
     * @param pid 0 for no process; all values are then 0 or empty
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
            timer.scheduleAtFixedRate(this::sample, 0, 1, TimeUnit.SECONDS);
        }
    }

    private double cpuSeconds() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).cpuSeconds();
    }

    private void sample() {
        try {
            long bytes = ProcessSample.of(pid).residentBytes();
            synchronized (residentBytes) {
                residentBytes.add(bytes);
            }
        } catch (IOException e) {
            timer.shutdown();
        }
    }

    /** Processor seconds used since the start of the measurement. */
    public double usedSeconds() throws IOException {
        return cpuSeconds() - cpuSecondsBefore;
    }

    /** The highest resident memory of the process since its start, in bytes. */
    public long residentBytesMax() throws IOException {
        return pid == 0 ? 0 : ProcessSample.of(pid).residentBytesMax();
    }

    /** The samples of resident memory so far, in bytes, one per second. */
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
