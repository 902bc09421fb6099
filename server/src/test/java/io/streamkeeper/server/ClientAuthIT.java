package io.streamkeeper.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official TypeScript client with tokens and signed URLs against the packaged jar. Skipped without npm. */
class ClientAuthIT {
    private static final String SPEC = "auth.spec.ts";
    private static final Duration LONG_POLL_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration SUITE_MAX = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void theOfficialClientUsesTokensAndSignedUrls() throws Exception {
        if (ConformanceSuite.npmIsMissing()) {
            abort(ConformanceSuite.NPM_IS_MISSING);
        }
        ConformanceSuite suite = ConformanceSuite.install();
        PolicyFiles policy = PolicyFiles.write(folder);
        List<String> flags = new ArrayList<>(policy.flags());
        flags.add("--long-poll-timeout=" + LONG_POLL_TIMEOUT.toSeconds() + "s");
        try (PackagedServer server =
                PackagedServer.start(PackagedServer.runningJava(), folder.resolve("server.log"), flags)) {
            Map<String, String> environment = Map.of(
                    "STREAMKEEPER_TOKEN", PolicyFiles.ALICE,
                    "STREAMKEEPER_OTHER_TOKEN", PolicyFiles.BOB,
                    "STREAMKEEPER_SIGNED_QUERY", policy.signedQuery("signed"));
            ConformanceSuite.Ran ran =
                    suite.run("auth", server.uri(), LONG_POLL_TIMEOUT, SUITE_MAX, environment, List.of(SPEC));

            VitestReport.SpecFile file = VitestReport.read(ran.report()).file(SPEC);
            assertThat(file.testsOtherThan("passed")).as(ran::printed).isEmpty();
            assertThat(file.tests()).as(ran::printed).isNotEmpty();
            assertThat(server.output()).doesNotContain(PolicyFiles.ALICE, PolicyFiles.BOB, "signature=");
        }
    }
}
