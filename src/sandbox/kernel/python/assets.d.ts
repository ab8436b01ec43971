/** Python sources travel in the kernel bundle as text. */
declare module "*.py" {
  const text: string;
  export default text;
}
