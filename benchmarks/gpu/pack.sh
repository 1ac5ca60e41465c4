#!/usr/bin/env bash
# Packs the command line and check.sh for a Linux machine with an NVIDIA GPU that has neither .NET nor packages: README.md says more.
#
#   pack.sh OUT [CAPABILITY]
#
# Writes OUT/mlvision-gpu.tar.xz and OUT/cuda.so.xz. CAPABILITY is the card's compute capability without its dot; 90 if it is not given.
# Needs the .NET SDK, Python 3 and xz. Each archive stays below 64 MB.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:?pack.sh needs the folder to write to}"
out=$(cd "$1" && pwd) capability=${2:-90}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kit=$work/mlvision-gpu

dotnet publish "$here/../../src/Cli" -c Release -r linux-x64 --self-contained -o "$kit/app" -v q

# The GPU machine's own libtorch is used. What only debuggers and compilers read stays here, too.
(
  cd "$kit/app"
  rm -f libtorch*.so libc10*.so libgomp* libshm.so libaoti* libbackend* libjitbackend* libnnapi* ./*.dbg ./*.pdb ./*.xml libmscor*
)

# The CUDA build of ONNX Runtime in place of the CPU's, in the version of this repository, without the packages of CUDA's libtorch.
version=$(sed -nE 's/.*"Microsoft\.ML\.OnnxRuntime\.Gpu" Version="([^"]+)".*/\1/p' "$here/../../Directory.Packages.props")
cat > "$work/runtime.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML.OnnxRuntime.Gpu.Linux" Version="[$version]" ExcludeAssets="all" GeneratePathProperty="true" />
  </ItemGroup>
  <Target Name="Where" DependsOnTargets="ResolvePackageAssets">
    <WriteLinesToFile File="\$(MSBuildProjectDirectory)/where" Lines="\$(PkgMicrosoft_ML_OnnxRuntime_Gpu_Linux)" Overwrite="true" />
  </Target>
</Project>
PROJECT
dotnet restore "$work/runtime.csproj" -v q
dotnet msbuild "$work/runtime.csproj" -t:Where -v:q
native=$(cat "$work/where")/runtimes/linux-x64/native
cp "$native/libonnxruntime.so" "$native/libonnxruntime_providers_shared.so" "$kit/app/"

cp "$here/check.sh" "$here/setup.sh" "$here/torch_reference.py" "$kit/"
for class in "$here"/../../samples/data/fashion-mnist/test/*/; do
  mkdir -p "$kit/images/$(basename "$class")"
  find "$class" -type f | sort | head -n 8 | xargs cp -t "$kit/images/$(basename "$class")"
done

tar c -C "$work" mlvision-gpu | xz -T0 -6 > "$out/mlvision-gpu.tar.xz"
python3 "$here/prune_fatbin.py" "$native/libonnxruntime_providers_cuda.so" "$work/cuda.so" "$capability"
xz -T0 -6 -c "$work/cuda.so" > "$out/cuda.so.xz"
ls -l "$out"
