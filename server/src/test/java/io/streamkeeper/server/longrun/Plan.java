package io.streamkeeper.server.longrun;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** The configuration of one start of the server, the events during it, and how it ends. */
record Plan(
        Place place,
        String transport,
        String durability,
        String heap,
        String locale,
        Access.Kind access,
        boolean fewDescriptors,
        int clockHours,
        int laterClockHours,
        boolean kills,
        boolean pauses,
        boolean backsUp,
        boolean endsFull,
        boolean verifies,
        boolean restores,
        boolean administered,
        long millis,
        int checkpointKib,
        int checkpointMillis) {
    /** Where the server has its streams. */
    enum Place {
        KEPT,
        MEMORY,
        SMALL_DISK,
        CLUSTER;

        /** Whether a server there adds offsets to state messages; not what a start changes, so it is known of each append. */
        boolean addsOffsets() {
            return this != SMALL_DISK;
        }
    }

    static final int SHARDS = 2;

    /** Producers of a stream that are remembered, also just after they wrote. */
    static final int PRODUCERS_MAX = 8;

    private static final int CHECKPOINT_MILLIS_MIN = 200;
    private static final int CHECKPOINT_MILLIS_MAX = 2_200;

    /** With these no checkpoint comes by itself where a disk is full: what was deleted is released as it is deleted. */
    private static final int LONG_CHECKPOINT_MILLIS = 300_000;

    private static final int LARGE_CHECKPOINT_KIB = 65_536;

    private static final int FEW_DESCRIPTORS = 128;

    private static final List<Access.Kind> KINDS = List.of(Access.Kind.values());

    private static final List<String> LOCALES = List.of("ar-EG", "de-DE", "tr-TR", "fa-IR", "");

    private static final List<Place> PLACES = List.of(
            Place.KEPT,
            Place.SMALL_DISK,
            Place.KEPT,
            Place.KEPT,
            Place.MEMORY,
            Place.SMALL_DISK,
            Place.KEPT,
            Place.SMALL_DISK);

    /** By how many hours the wall clock is moved at a start, and from the middle of it on. */
    private static final List<List<Integer>> CLOCKS =
            List.of(List.of(0, 0), List.of(0, 75), List.of(74, -48), List.of(-47, -47), List.of(0, 0));

    /** Where start {@code number} has its streams. */
    static Place place(int number, boolean withSmallDisk) {
        Place place = PLACES.get(number % PLACES.size());
        return place == Place.SMALL_DISK && !withSmallDisk ? Place.KEPT : place;
    }

    /**
     * The plan of start {@code number}, the {@code nth} at its place. The first ones go through everything in turn, so
     * that a run with few starts meets each. The cycles have no common divisor: each choice is combined with each other
     * one.
     */
    static Plan next(int number, Place place, int nth, Random random) {
        List<String> transports = transports();
        List<Integer> clock = place == Place.KEPT ? CLOCKS.get(nth % CLOCKS.size()) : CLOCKS.get(0);
        boolean small = place == Place.SMALL_DISK;
        boolean releases = small && nth % 2 == 1;
        return new Plan(
                place,
                transports.get(number % transports.size()),
                place == Place.MEMORY ? "memory" : nth % 2 == 0 ? "fsync" : "os",
                number % 7 % 2 == 0 ? "-Xmx128m" : "",
                // Not in step with the durabilities: each locale opens the directory of each other one.
                LOCALES.get((number + number / LOCALES.size()) % LOCALES.size()),
                KINDS.get((number + number / PLACES.size()) % KINDS.size()),
                number % 5 == 1,
                clock.get(0),
                clock.get(1),
                turn(nth, small ? nth % 2 == 0 : nth % 3 != 1, random.nextInt(3) > 0),
                turn(nth, nth % 3 == 0, random.nextInt(3) == 0),
                turn(nth, nth % 2 == 0, random.nextBoolean()),
                small && turn(nth, true, random.nextInt(3) > 0),
                turn(nth, nth % 2 == 1, random.nextBoolean()),
                turn(nth, nth % 3 == 1, random.nextInt(3) == 0),
                turn(nth, nth % 2 == 0, random.nextBoolean()),
                2_000 + random.nextInt(6_000),
                releases ? LARGE_CHECKPOINT_KIB : 64 << random.nextInt(5),
                releases
                        ? LONG_CHECKPOINT_MILLIS
                        : CHECKPOINT_MILLIS_MIN + random.nextInt(CHECKPOINT_MILLIS_MAX - CHECKPOINT_MILLIS_MIN));
    }

    private static boolean turn(int nth, boolean byTurn, boolean byChance) {
        return nth < 4 ? byTurn : byChance;
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
        return place == Place.MEMORY;
    }

    /** Whether the server has a registry: in some starts of a directory, so that it misses what happens in others. */
    boolean hasRegistry() {
        return place == Place.KEPT && administered;
    }

    /** By how much a start at a place may lengthen a sliding life. */
    static int checkpointMillisMax(Place place) {
        // In a cluster, a stream may live for its time again whenever another member leads.
        return place == Place.SMALL_DISK || place == Place.CLUSTER ? LONG_CHECKPOINT_MILLIS : CHECKPOINT_MILLIS_MAX;
    }

    /** What runs the server: {@code java}, or a script that runs it where and as it is to run. */
    Path launcher(Path java, Path folder, List<String> prefix) throws IOException {
        if (!fewDescriptors && prefix.isEmpty()) {
            return java;
        }
        return launcher(java, folder, prefix, fewDescriptors ? "ulimit -n " + FEW_DESCRIPTORS + "\n" : "");
    }

    /** A script that runs {@code java} after a prefix and with limits. */
    static Path launcher(Path java, Path folder, List<String> prefix, String limit) throws IOException {
        Path script = folder.resolve("launcher");
        String command = String.join(" ", prefix) + " \"" + java + "\" \"$@\"\n";
        Files.writeString(script, "#!/bin/sh\n" + limit + "exec " + command);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    /** Whether the wall clock is moved at any time of the start. */
    boolean movesClock() {
        return clockHours != 0 || laterClockHours != 0;
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
        List<String> flags = new ArrayList<>(List.of(
                "--transport=" + transport,
                "--durability=" + durability,
                "--shards=" + SHARDS,
                "--data-dir=" + directory,
                "--checkpoint-bytes=" + checkpointKib + "KiB",
                "--checkpoint-interval=" + checkpointMillis + "ms",
                // A quarter of it is what a full disk has in reserve, for what was not deleted and is in no checkpoint.
                "--segment-bytes=" + (place == Place.SMALL_DISK ? "4MiB" : "256KiB"),
                "--max-producers=" + PRODUCERS_MAX,
                "--allow-local-webhooks",
                place.addsOffsets() ? "--state-offsets" : "--no-state-offsets",
                "--keep-producers=0s"));
        if (hasRegistry()) {
            flags.add("--registry");
        }
        if (administered) {
            flags.add("--admin-listen=127.0.0.1:0");
        }
        return flags;
    }

    void count(Reach reach) {
        reach.count("start: " + transport);
        reach.count("start: " + access.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        reach.count("start: " + durability);
        reach.count("start: " + (fewDescriptors ? "few descriptors" : "usual descriptors"));
        reach.count("start: " + place.name().toLowerCase(Locale.ROOT));
        reach.count("start: " + (heap.isEmpty() ? "default heap" : heap));
        reach.count("start: " + (locale.isEmpty() ? "no locale" : locale));
    }
}
