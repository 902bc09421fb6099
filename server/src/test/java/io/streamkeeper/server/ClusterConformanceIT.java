package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.VitestReport.SpecTest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official conformance suite against one member of a cluster of three processes of the packaged jar: while nothing
 * else happens, while the others that follow are killed, and while each leader is killed, which may be the member under
 * test.
 *
 * <p>Members are killed with {@code -Dconformance.cluster.seconds=N} only, for that long; the order of the tests is random,
 * so what is left out for want of time differs from run to run. A test begins when the member
 * under test is ready.
 */
class ClusterConformanceIT {
    private static final String SECONDS = "conformance.cluster.seconds";
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SUITE_MAX = Duration.ofMinutes(10);

    /** The member under test. */
    private static final int NODE = 0;

    private static final int TESTS_MIN = 20;

    private static ConformanceSuite suite;

    @TempDir
    private Path folder;

    @BeforeAll
    static void installTheSuite() throws IOException, InterruptedException {
        ConformanceSuite.requireNpm();
        suite = ConformanceSuite.install();
    }

    /** Starts the members; {@link #NODE} does not lead at first. */
    private ClusterProcesses start() throws IOException, InterruptedException {
        ClusterProcesses members = new ClusterProcesses(
                folder, "--long-poll-timeout", LONG_POLL_TIMEOUT.toSeconds() + "s", "--allow-local-webhooks");
        members.publicUrl(NODE);
        members.startAll();
        members.awaitAllReady();
        while (members.leader() == NODE) {
            members.kill(NODE);
            members.start(NODE);
            members.awaitAllReady();
        }
        return members;
    }

    @Test
    void suiteAndClientPassAgainstAFollower() throws IOException, InterruptedException {
        try (ClusterProcesses members = start()) {
            ConformanceSuite.Ran ran = suite.run(
                    "cluster-follower", members.uri(NODE), LONG_POLL_TIMEOUT, SUITE_MAX, environment(false), List.of());
            VitestReport report = VitestReport.read(ran.report());
            for (VitestReport.SpecFile file :
                    List.of(report.file(ConformanceSuite.SPEC), report.file("client.spec.ts"))) {
                assertThat(file.tests())
                        .as(ran::printed)
                        .isNotEmpty()
                        .allMatch(test -> test.status().equals("passed"));
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = SECONDS, matches = "[0-9]+")
    void suitePassesWhileFollowersAreKilled() throws IOException, InterruptedException {
        try (ClusterProcesses members = start()) {
            try (MemberKiller killer = MemberKiller.ofFollowersOtherThan(members, NODE)) {
                assertThat(failedOf(runDisturbed("cluster-followers", members, List.of())))
                        .isEmpty();
                killer.assertHasKilled();
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = SECONDS, matches = "[0-9]+")
    void whatFailsWhileLeadersAreKilledFailsByALossAndPassesWhenRepeated() throws IOException, InterruptedException {
        try (ClusterProcesses members = start()) {
            List<SpecTest> failed = new ArrayList<>();
            try (MemberKiller killer = MemberKiller.ofLeaders(members)) {
                failed.addAll(failedOf(runDisturbed("cluster-leaders", members, List.of())));
                killer.assertHasKilled();
            }
            System.out.println("failed while leaders were killed: "
                    + failed.stream().collect(Collectors.groupingBy(SpecTest::loss, Collectors.counting())));
            assertThat(failed).allMatch(test -> !test.loss().isEmpty());
            assertPassRepeated("cluster-leaders-repeated", members, failed);
        }
    }

    private List<SpecTest> runDisturbed(String name, ClusterProcesses members, List<String> further)
            throws IOException, InterruptedException {
        long seed = new Random().nextInt(1_000_000);
        List<String> arguments =
                new ArrayList<>(List.of("--sequence.shuffle.tests", "--sequence.seed=" + seed, ConformanceSuite.SPEC));
        arguments.addAll(further);
        ConformanceSuite.Ran ran =
                suite.run(name, members.uri(NODE), LONG_POLL_TIMEOUT, SUITE_MAX, environment(true), arguments);
        assertThat(ran.report()).as(ran::printed).exists();
        List<SpecTest> tests =
                VitestReport.read(ran.report()).file(ConformanceSuite.SPEC).tests();
        System.out.println(name + ", --sequence.seed=" + seed + ": "
                + tests.stream().collect(Collectors.groupingBy(SpecTest::status, Collectors.counting())) + ", "
                + tests.stream().filter(SpecTest::tooLate).count() + " for want of time");
        return tests;
    }

    private static List<SpecTest> failedOf(List<SpecTest> tests) {
        assertThat(tests.stream().filter(test -> test.status().equals("passed")))
                .hasSizeGreaterThan(TESTS_MIN);
        return tests.stream().filter(test -> test.status().equals("failed")).toList();
    }

    private void assertPassRepeated(String name, ClusterProcesses members, List<SpecTest> failed)
            throws IOException, InterruptedException {
        if (failed.isEmpty()) {
            return;
        }
        String names = failed.stream()
                .map(test -> test.name().replaceAll("[^\\p{Alnum} ]", "."))
                .collect(Collectors.joining("|"));
        List<SpecTest> repeated = runDisturbed(name, members, List.of("--testNamePattern=^(" + names + ")$"));
        assertThat(repeated.stream().filter(test -> test.status().equals("passed")))
                .hasSameSizeAs(failed);
    }

    private static Map<String, String> environment(boolean losesMembers) {
        long seconds = losesMembers ? Long.getLong(SECONDS, 0) : SUITE_MAX.toSeconds();
        return Map.of(
                "STREAMKEEPER_SUBSCRIPTIONS",
                "true",
                "STREAMKEEPER_LOSES_MEMBERS",
                Boolean.toString(losesMembers),
                "STREAMKEEPER_SUITE_MS",
                Long.toString(Duration.ofSeconds(seconds).toMillis()));
    }
}
