package io.streamkeeper.server.mount;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The server decodes requests itself; only a mount and the client of webhooks use Netty's HTTP codec. */
class CodecLayeringTest {
    @Test
    void nothingElseNeedsNettysHttpCodec() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.streamkeeper.server.mount..", "io.streamkeeper.server.subscription.webhook..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.handler.codec.http..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.streamkeeper.server"));
    }
}
