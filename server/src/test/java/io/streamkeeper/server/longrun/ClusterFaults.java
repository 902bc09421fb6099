package io.streamkeeper.server.longrun;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.ClusterProcesses;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What happens to the members of a cluster, of which each is well again afterwards. Belongs to the test's thread. */
final class ClusterFaults {
    private static final int HOLD_MILLIS_MAX = 4_000;

    /** What happens to a member. */
    private enum Fault {
        KILL_LEADER,
        KILL_FOLLOWER,
        KILL_ALL,
        STOP_LEADER,
        STOP_FOLLOWER,
        TERMINATE_LEADER,
        TERMINATE_FOLLOWER,
        CUT_OFF_LEADER,
        CUT_OFF_FOLLOWER,
        CUT_WAY_OF_LEADER,
        CUT_WAY_TO_LEADER,
        MOVE_CLOCKS,
        FULL_DISK;

        boolean isOfLeader() {
            return name().endsWith("LEADER");
        }

        @Override
        public String toString() {
            return "fault: " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final int CLOCK_HOURS_MAX = 3;

    /** The member whose disk is small. */
    static final int ON_SMALL_DISK = ClusterProcesses.COUNT - 1;

    private final ClusterProcesses members;
    private final @Nullable SmallDisk disk;
    private final ServerClock clock;
    private final Random random;
    private final Reach reach;
    private final List<Fault> next = new ArrayList<>();

    /** Those of the life of now. */
    private final List<String> happened = new ArrayList<>();

    /**
     * Faults of {@code members}.
     *
     * @param disk that of one of them; null if it is not small
     * @param clock that of all of them
     */
    ClusterFaults(ClusterProcesses members, @Nullable SmallDisk disk, ServerClock clock, Random random, Reach reach) {
        this.members = members;
        this.disk = disk;
        this.clock = clock;
        this.random = random;
        this.reach = reach;
    }

    /** What a run has not had, of all that may happen. */
    List<String> missing() {
        return possible().stream()
                .map(Fault::toString)
                .filter(name -> reach.of(name) == 0)
                .toList();
    }

    private List<Fault> possible() {
        List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
        if (disk == null) {
            faults.remove(Fault.FULL_DISK);
        }
        return faults;
    }

    /** All members have started after such an end. */
    void begin(String lastEnd) {
        happened.clear();
        reach.count("start after " + lastEnd);
    }

    /** A fault, and the repair; each kind in turn. */
    void happen() throws Exception {
        int leader = members.leader();
        if (leader < 0) {
            return;
        }
        if (next.isEmpty()) {
            next.addAll(possible());
            Collections.shuffle(next, random);
        }
        Fault fault = next.remove(0);
        int other = (leader + 1 + random.nextInt(ClusterProcesses.COUNT - 1)) % ClusterProcesses.COUNT;
        happened.add(fault + " " + ClusterProcesses.name(fault.isOfLeader() ? leader : other));
        happen(fault, leader, other);
        members.awaitAllReady();
        reach.count(fault.toString());
    }

    private void happen(Fault fault, int leader, int other) throws Exception {
        int victim = fault.isOfLeader() ? leader : other;
        switch (fault) {
            case KILL_LEADER, KILL_FOLLOWER -> {
                members.kill(victim);
                hold();
                members.start(victim);
            }
            case KILL_ALL -> {
                members.endAll();
                members.startAll();
            }
            case STOP_LEADER, STOP_FOLLOWER -> {
                members.process(victim).signal("STOP");
                hold();
                members.process(victim).signal("CONT");
            }
            case TERMINATE_LEADER, TERMINATE_FOLLOWER -> {
                terminate(victim);
                hold();
                members.start(victim);
            }
            case CUT_OFF_LEADER, CUT_OFF_FOLLOWER -> {
                members.cut(victim, true);
                hold();
                members.cut(victim, false);
            }
            case CUT_WAY_OF_LEADER -> cutWay(leader, other);
            case CUT_WAY_TO_LEADER -> cutWay(other, leader);
            case MOVE_CLOCKS -> clock.moveTo(random.nextInt(2 * CLOCK_HOURS_MAX + 1) - CLOCK_HOURS_MAX);
            case FULL_DISK -> fill(Objects.requireNonNull(disk));
        }
    }

    private void cutWay(int from, int to) throws InterruptedException {
        members.cut(from, to, true);
        hold();
        members.cut(from, to, false);
    }

    /** A member whose log could not be written has ended its part, and says that it is to be started again. */
    private void fill(SmallDisk full) throws Exception {
        full.fill();
        hold();
        full.release();
        boolean wasReady = members.isReady(ON_SMALL_DISK);
        reach.count("full disk of a member: it is " + (wasReady ? "ready" : "not ready") + " when there is space");
        if (!wasReady || random.nextBoolean()) {
            members.kill(ON_SMALL_DISK);
            members.start(ON_SMALL_DISK);
        }
    }

    private void terminate(int node) throws InterruptedException {
        assertThat(members.process(node).stop())
                .as(() -> ClusterProcesses.name(node) + " exits with 0:\n"
                        + members.process(node).output())
                .isZero();
    }

    private void hold() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(HOLD_MILLIS_MAX));
    }

    /** Ends all members, one after the other or at once; returns how. */
    String endAll() throws InterruptedException {
        boolean terminates = random.nextInt(3) == 0;
        for (int node = 0; node < ClusterProcesses.COUNT && terminates; node++) {
            terminate(node);
        }
        members.endAll();
        String how = terminates ? "SIGTERM" : "SIGKILL";
        happened.add(how + " all");
        return how;
    }

    /** What the members have said since the last start of each. */
    String output() {
        return IntStream.range(0, ClusterProcesses.COUNT)
                .mapToObj(node -> ClusterProcesses.name(node) + ":\n"
                        + members.process(node).output())
                .collect(Collectors.joining("\n"));
    }

    @Override
    public String toString() {
        return happened.toString();
    }
}
