/** Entry points for Azure Functions: from environment variables to routes. Needs azure-functions-java-library. */
@NullMarked
package io.github.keywharf.azure.functions;

import org.jspecify.annotations.NullMarked;
