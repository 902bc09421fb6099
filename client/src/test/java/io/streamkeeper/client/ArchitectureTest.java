package io.streamkeeper.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** The dependencies of a program that follows streams, and those between the packages of this module. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.streamkeeper.client");

    @Test
    void theClientUsesNoSocketsButThoseOfTheJdk() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl..",
                        "io.streamkeeper.client..",
                        "io.streamkeeper.protocol..",
                        "io.netty.buffer..",
                        "com.fasterxml.jackson.core..",
                        "org.slf4j..",
                        "org.jspecify.annotations..")
                .check(CLASSES);
    }

    @Test
    void noPackageDependsOnItselfByWayOfOthers() {
        SlicesRuleDefinition.slices()
                .matching("io.streamkeeper.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }
}
