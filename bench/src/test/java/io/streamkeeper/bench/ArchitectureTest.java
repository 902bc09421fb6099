package io.streamkeeper.bench;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.Test;

/** The dependencies between the packages of the bench. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.streamkeeper.bench");

    @Test
    void packagesHaveNoDependencyCycles() {
        SlicesRuleDefinition.slices()
                .matching("io.streamkeeper.(**)")
                .should()
                .beFreeOfCycles()
                .check(CLASSES);
    }
}
