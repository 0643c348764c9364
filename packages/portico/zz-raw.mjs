import { BlobServiceClient, ContainerClient, newPipeline } from '@azure/storage-blob';
const cs='DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:21000/devstoreaccount1';
const base=BlobServiceClient.fromConnectionString(cs).getContainerClient('many');
const pipeline=newPipeline(base.credential,{});
let text;
class InjectorPolicyFactory { create(next){ return { async sendRequest(r){ const res=await next.sendRequest(r); text=res.bodyAsText; if(res.status===200){ const m=/<NextMarker>[^<]*<\/NextMarker>/.exec(text)?.[0]??''; res.bodyAsText='<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x" ContainerName="many"><Blobs></Blobs>'+m+'</EnumerationResults>';} return res; } } } }
pipeline.factories.push(new InjectorPolicyFactory());
const c=new ContainerClient(base.url,pipeline);
for(let k=0;k<3;k++){const cpu=process.cpuUsage();const t=performance.now();
const it=c.listBlobsFlat().byPage({maxPageSize:5000});
const p=await it.next();
const u=process.cpuUsage(cpu);
console.log(text.length,p.value.segment,p.value.date,p.value.continuationToken,p.value._response?.bodyAsText?.length,Math.round(performance.now()-t),'cpu',(u.user+u.system)/1000);}
