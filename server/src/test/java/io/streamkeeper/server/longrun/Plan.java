package io.streamkeeper.server.longrun;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** How one start of the server is configured, and how it ends. */
record Plan(
        String transport,
        String durability,
        String heap,
        String locale,
        boolean fewDescriptors,
        boolean kills,
        boolean pauses,
        boolean backsUp,
        long millis,
        int checkpointKib,
        int checkpointMillis) {
    static final int CHECKPOINT_MILLIS_MAX = 2_200;

    /** Producers of a stream that are remembered, also just after they wrote. */
    static final int PRODUCERS_MAX = 8;

    private static final int CHECKPOINT_MILLIS_MIN = 200;
    private static final int FEW_DESCRIPTORS = 128;

    private static final List<String> LOCALES = List.of("ar-EG", "de-DE", "tr-TR", "fa-IR", "");
    private static final List<String> DURABILITIES = List.of("fsync", "os", "fsync", "os", "memory");

    /**
     * The plan of start {@code number}: the first ones go through the transports, locales and heaps in turn, so that a short
     * run meets each.
     */
    static Plan next(int number, Random random) {
        List<String> transports = transports();
        return new Plan(
                transports.get(number % transports.size()),
                DURABILITIES.get(number % DURABILITIES.size()),
                number % 2 == 0 ? "-Xmx128m" : "",
                // Not in step with the durabilities: each locale opens the directory of each other one.
                LOCALES.get((number + number / LOCALES.size()) % LOCALES.size()),
                number % 4 == 1,
                random.nextInt(3) > 0,
                random.nextInt(3) == 0,
                random.nextInt(2) == 0,
                2_000 + random.nextInt(6_000),
                64 << random.nextInt(5),
                CHECKPOINT_MILLIS_MIN + random.nextInt(CHECKPOINT_MILLIS_MAX - CHECKPOINT_MILLIS_MIN));
    }

    /** The transports that this machine has. */
    static List<String> transports() {
        List<String> found = new ArrayList<>(List.of("nio"));
        if (Epoll.isAvailable()) {
            found.add("epoll");
        }
        if (IoUring.isAvailable()) {
            found.add("io_uring");
        }
        return found;
    }

    boolean keepsNothing() {
        return durability.equals("memory");
    }

    /** What runs the server: {@code java}, or a script that has it run with few descriptors. */
    Path launcher(Path java, Path folder) throws IOException {
        if (!fewDescriptors) {
            return java;
        }
        Path script = folder.resolve("few-descriptors");
        Files.writeString(script, "#!/bin/sh\nulimit -n " + FEW_DESCRIPTORS + "\nexec \"" + java + "\" \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    List<String> javaFlags() {
        List<String> flags = new ArrayList<>();
        if (!heap.isEmpty()) {
            flags.add(heap);
        }
        if (!locale.isEmpty()) {
            flags.add("-Duser.language=" + locale.substring(0, 2));
            flags.add("-Duser.country=" + locale.substring(3));
            flags.add("-Duser.timezone=Asia/Kathmandu");
        }
        return flags;
    }

    /** The C library's messages are in the language too, where the machine has it. */
    Map<String, String> environment() {
        return locale.isEmpty() ? Map.of() : Map.of("LC_ALL", locale.replace('-', '_') + ".UTF-8");
    }

    List<String> flags(String directory) {
        return List.of(
                "--transport=" + transport,
                "--durability=" + durability,
                "--shards=2",
                "--data-dir=" + directory,
                "--checkpoint-bytes=" + checkpointKib + "KiB",
                "--checkpoint-interval=" + checkpointMillis + "ms",
                "--segment-bytes=256KiB",
                "--max-producers=" + PRODUCERS_MAX,
                "--keep-producers=0s");
    }

    void count(Reach reach) {
        reach.count("start: " + transport);
        reach.count("start: " + durability);
        reach.count("start: " + (fewDescriptors ? "few descriptors" : "usual descriptors"));
        reach.count("start: " + (heap.isEmpty() ? "default heap" : heap));
        reach.count("start: " + (locale.isEmpty() ? "no locale" : locale));
    }
}
