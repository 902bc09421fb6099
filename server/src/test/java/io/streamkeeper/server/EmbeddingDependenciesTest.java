package io.streamkeeper.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * What a program that embeds the server need not have, and keeps to itself where it has it: a command line parser and
 * logback. Both are optional dependencies of this module, of which the runnable jar has copies.
 */
class EmbeddingDependenciesTest {

    @Test
    void theCommandLineAloneNeedsPicocliAndLogback() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.streamkeeper.server.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages("io.streamkeeper"));
    }

    @Test
    void theModuleDoesNotConfigureTheLoggingOfOthers() {
        assertThat(getClass().getResource("/META-INF/services/ch.qos.logback.classic.spi.Configurator"))
                .isNull();
    }
}
