# cmake -DOUT=resources.cpp "-DNAMES=a;b" "-DFILES=/path/a;/path/b" -P embed.cmake
# Writes the text files into a C++ source (models/resources.h), so that an installed eva needs no
# checkout.
set(code "#include \"models/resources.h\"\n\nnamespace eva::models {\n\n")
string(APPEND code "std::string_view resource(std::string_view name) {\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
  file(READ "${file}" text)
  string(APPEND code "  if (name == \"${name}\") return R\"eva_embed(${text})eva_embed\";\n")
endforeach()
string(APPEND code "  return {};\n}\n\n}  // namespace eva::models\n")
file(WRITE "${OUT}" "${code}")
