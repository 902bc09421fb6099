package io.streamkeeper.server.mount;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The server decodes requests itself; only a mount and its clients use Netty's HTTP codec: of webhooks, and of the
 * leader of a cluster. */
class CodecLayeringTest {
    @Test
    void nothingElseNeedsNettysHttpCodec() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.streamkeeper.server.mount..",
                        "io.streamkeeper.server.outbound..",
                        "io.streamkeeper.server.forward..",
                        "io.streamkeeper.server.subscription.webhook..")
                .and()
                .haveNameNotMatching(".*\\.http\\.(ForwardedResponse|LeaderRequest)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.handler.codec.http..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.streamkeeper.server"));
    }
}
