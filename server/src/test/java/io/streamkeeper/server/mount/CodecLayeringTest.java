package io.streamkeeper.server.mount;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The runnable jar is without Netty's HTTP codec. */
class CodecLayeringTest {
    @Test
    void nothingButTheMountNeedsNettysHttpCodec() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.streamkeeper.server.mount..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.handler.codec.http..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.streamkeeper.server"));
    }
}
